import { z } from 'zod';
import { PREFECTURES } from '#kernel';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { SIZE_CLASSES, sizeClassOf } from '../body/body.js';
import { fiscalYear } from '../course/course-view.js';
import { percent, shownSeminars, type PeopleCount } from './statistics.js';
import type { BodyPeople, StatisticsStore } from './statistics.store.js';

const people = z.int().nullable().describe('withheld where it is small');
const bodyGroup = {
  bodies: z.int().describe('on file'), covered: z.int().describe('of which somebody has completed a seminar'), coverage: z.number().nullable().describe('per cent'),
  applications: people, admitted: people, absent: people, attended: people, completed: people,
};

interface BodyGroup extends Pick<BodyPeople, PeopleCount> {
  readonly bodies: number;
  readonly covered: number;
  readonly coverage: number | null;
  readonly staff: number;
}

/** People of bodies together. */
function groupOf(bodies: readonly BodyPeople[]): BodyGroup {
  const sum = (of: (body: BodyPeople) => number): number => bodies.reduce((total, body) => total + of(body), 0);
  const covered = bodies.filter(({ completed }) => completed > 0).length;
  return {
    bodies: bodies.length, covered, coverage: percent(covered, bodies.length), staff: sum(({ staff }) => staff), applications: sum(({ applications }) => applications),
    admitted: sum(({ admitted }) => admitted), absent: sum(({ absent }) => absent), attended: sum(({ attended }) => attended), completed: sum(({ completed }) => completed),
  };
}

const classSpec = useCase({
  action: 'training.statistics.read-size-classes',
  kind: 'question',
  summary: 'People at the seminars of a fiscal year by size of their bodies',
  input: z.strictObject({ fiscalYear }),
  output: z.object({ items: z.array(z.object({ sizeClass: z.enum(SIZE_CLASSES), ...bodyGroup })) }),
  refusals: [],
});

/** TRN-4.10. */
export class GetSizeClasses implements UseCase<typeof classSpec> {
  readonly spec = classSpec;

  constructor(private readonly store: StatisticsStore) {}

  async execute(ctx: Ctx, { fiscalYear: year }: InputOf<typeof classSpec>): Promise<OutputOf<typeof classSpec>> {
    const bodies = await this.store.bodies(ctx.db, year);
    const groups = SIZE_CLASSES.map((sizeClass) => ({ sizeClass, ...groupOf(bodies.filter((body) => sizeClassOf(body) === sizeClass)) }));
    return { items: shownSeminars(groups) };
  }
}

const regionSpec = useCase({
  action: 'training.statistics.read-regional-balance',
  kind: 'question',
  summary: 'Where seminars of a fiscal year are held, and where those come from who have a place',
  input: z.strictObject({ fiscalYear }),
  output: z.object({
    items: z.array(z.object({
      prefecture: z.string(), sessions: z.int(), places: z.int(), placesPerThousandStaff: z.number().nullable(),
      admittedPerThousandStaff: z.number().nullable().describe('unknown where the count is withheld'), ...bodyGroup,
    })),
  }),
  refusals: [],
});

/** TRN-8: whether seminars are held in Tokyo and Osaka only, and who cannot come there. */
export class GetRegionalBalance implements UseCase<typeof regionSpec> {
  readonly spec = regionSpec;

  constructor(private readonly store: StatisticsStore) {}

  async execute(ctx: Ctx, { fiscalYear: year }: InputOf<typeof regionSpec>): Promise<OutputOf<typeof regionSpec>> {
    const bodies = await this.store.bodies(ctx.db, year);
    const there = new Map((await this.store.places(ctx.db, year)).map((held) => [held.prefecture, held]));
    const groups = PREFECTURES.map(({ number }) => {
      const { sessions, places } = there.get(number) ?? { sessions: 0, places: 0 };
      return { prefecture: number, sessions, places, ...groupOf(bodies.filter(({ code }) => code.startsWith(number))) };
    });
    return {
      items: shownSeminars(groups).map(({ staff, ...row }) => ({
        ...row, placesPerThousandStaff: perThousand(row.places, staff), admittedPerThousandStaff: row.admitted === null ? null : perThousand(row.admitted, staff),
      })),
    };
  }
}

function perThousand(part: number, staff: number): number | null {
  return staff === 0 ? null : Math.round((part * 10_000) / staff) / 10;
}
