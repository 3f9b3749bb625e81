import { z } from 'zod';
import { MONTH, monthTable, yearlyStatistics } from '#contracts/training';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { BODIES_OF_THE_NATION, bodyCodeOf } from '../body/body.js';
import { fiscalYear } from '../course/course-view.js';
import { percent } from './statistics.js';
import type { StatisticsStore } from './statistics.store.js';
import type { StatisticsTables } from './tables.js';

const monthSpec = useCase({
  action: 'training.statistics.read-month',
  kind: 'question',
  summary: 'The report of a month as it was closed: series with planned and held sessions, places and people, extra sessions apart',
  input: z.strictObject({ month: z.string().regex(MONTH) }),
  output: monthTable.extend({ closedAt: z.iso.datetime() }),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class GetMonth implements UseCase<typeof monthSpec> {
  readonly spec = monthSpec;

  constructor(private readonly store: StatisticsStore) {}

  async execute(ctx: Ctx, { month }: InputOf<typeof monthSpec>): Promise<OutputOf<typeof monthSpec>> {
    const { report, closedAt } = found(await this.store.month(ctx.db, month));
    return { ...monthTable.parse(report), closedAt: closedAt.toISOString() };
  }
}

const yearSpec = useCase({
  action: 'training.statistics.read-year',
  kind: 'question',
  summary: 'Figures of a fiscal year until now by series, extra sessions apart, and how many bodies somebody of has completed a seminar',
  input: z.strictObject({ fiscalYear }),
  output: yearlyStatistics.output,
  refusals: [],
});

export class GetYear implements UseCase<typeof yearSpec> {
  readonly spec = yearSpec;

  constructor(
    private readonly store: StatisticsStore,
    private readonly tables: StatisticsTables,
  ) {}

  async execute(ctx: Ctx, { fiscalYear: year }: InputOf<typeof yearSpec>): Promise<OutputOf<typeof yearSpec>> {
    const bodies = await this.store.bodies(ctx.db, year);
    return {
      fiscalYear: year,
      seminars: await this.tables.seminars(ctx.db, { fiscalYear: year, from: undefined, to: undefined }),
      elearning: await this.tables.elearning(ctx.db, year),
      bodyCoverage: percent(bodies.filter(({ completed }) => completed > 0).length, BODIES_OF_THE_NATION),
    };
  }
}

const count = z.int();
const ownSpec = useCase({
  action: 'training.statistics.read-own',
  kind: 'question',
  summary: 'What became of the own people at the seminars of a fiscal year',
  input: z.strictObject({ fiscalYear }),
  output: z.object({ bodyCode: z.string(), applications: count, admitted: count, absent: count, attended: count, completed: count }),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

/** TRN-4.10: a body sees its own people, however few. */
export class GetOwn implements UseCase<typeof ownSpec> {
  readonly spec = ownSpec;

  constructor(private readonly store: StatisticsStore) {}

  async execute(ctx: Ctx, { fiscalYear: year }: InputOf<typeof ownSpec>): Promise<OutputOf<typeof ownSpec>> {
    const bodyCode = bodyCodeOf(ctx.actor);
    if (bodyCode === undefined) throw platformProblems.refuse('OUT_OF_JURISDICTION');
    const [body] = await this.store.bodies(ctx.db, year, bodyCode);
    const { applications, admitted, absent, attended, completed } = found(body);
    ctx.audit({ object: `body:${bodyCode}` });
    return { bodyCode, applications, admitted, absent, attended, completed };
  }
}
