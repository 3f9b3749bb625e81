import { isProtected, jukiNetProblems } from '#contracts/juki-net';
import { addDays, localDateInJapan, ResidentCode } from '#kernel';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { PersonViewStore } from '../resident/person-view.store.js';
import type { SupportMeasureStore } from './support-measure.store.js';
import { supportView, viewOfMeasure } from './support-view.js';

/** The list of what ends within these days; the reminder is due on its last day (JUKI-4.13). */
const REMIND_DAYS = 30;
const MOST_LISTED = 1_000;

const checkSpec = useCase({
  action: 'juki-net.support-measure.is-protected',
  kind: 'question',
  summary: 'Whether a support measure protects the persons today, in the order asked; nothing else is told',
  input: isProtected.input,
  output: isProtected.output,
  refusals: [],
});

/** The only way into the measures for neighbours: yes or no, for a purpose (JUKI-4.13). */
export class IsProtected implements UseCase<typeof checkSpec> {
  readonly spec = checkSpec;
  constructor(private readonly measures: SupportMeasureStore) {}

  async execute(ctx: Ctx, { personKeys }: InputOf<typeof checkSpec>): Promise<OutputOf<typeof checkSpec>> {
    const found = await this.measures.protectedOf(ctx.db, personKeys, localDateInJapan(ctx.now));
    ctx.audit({ object: 'support-measures', subjects: personKeys, facts: { asked: personKeys.length } });
    return { entries: personKeys.map((personKey) => ({ isProtected: found.has(personKey) })) };
  }
}

const concernedSpec = useCase({
  action: 'juki-net.support-measure.check',
  kind: 'question',
  summary: 'Whether a support measure protects a person, for the municipality of residence and those that the measure was copied to',
  input: z.strictObject({ residentCode: z.string().refine((text) => ResidentCode.fault(text) === undefined, { params: { code: 'CHECK_DIGIT' } }) }),
  output: z.object({ isProtected: z.boolean() }),
  refusals: [...refusals(jukiNetProblems, 'RESIDENT_UNKNOWN'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION')],
});

/** A municipality concerned sees that there is a measure, not whose, why or how long (JUKI-3.8). */
export class CheckProtection implements UseCase<typeof concernedSpec> {
  readonly spec = concernedSpec;
  constructor(
    private readonly measures: SupportMeasureStore,
    private readonly persons: PersonViewStore,
  ) {}

  async execute(ctx: Ctx, { residentCode }: InputOf<typeof concernedSpec>): Promise<OutputOf<typeof concernedSpec>> {
    const [person] = await this.persons.resolve(ctx.db, [residentCode], ctx.now);
    if (person === undefined || person.superseded) throw jukiNetProblems.refuse('RESIDENT_UNKNOWN');
    const { person_key: personKey } = person;
    if (!(await this.measures.concerns(ctx.db, personKey, ctx.actor.organisation))) requireJurisdiction(ctx, person.municipality_code);
    const found = await this.measures.protectedOf(ctx.db, [personKey], localDateInJapan(ctx.now));
    ctx.audit({ object: 'support-measures', subjects: [personKey] });
    return { isProtected: found.has(personKey) };
  }
}

const remindersSpec = useCase({
  action: 'juki-net.support-measure.list-ending',
  kind: 'question',
  summary: 'Support measures of the asking municipality that end within 30 days, the soonest first; none renews itself',
  input: z.strictObject({}),
  output: z.object({ items: z.array(supportView) }),
  refusals: [],
});

export class ListEndingMeasures implements UseCase<typeof remindersSpec> {
  readonly spec = remindersSpec;
  constructor(private readonly measures: SupportMeasureStore) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof remindersSpec>> {
    const today = localDateInJapan(ctx.now);
    const measures = await this.measures.endingUntil(ctx.db, ctx.actor.organisation, { today, until: addDays(today, REMIND_DAYS), limit: MOST_LISTED });
    ctx.audit({ object: `municipality:${ctx.actor.organisation}`, facts: { measures: measures.length } });
    return { items: measures.map((measure) => viewOfMeasure(measure, today)) };
  }
}
