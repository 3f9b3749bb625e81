import { z } from 'zod';
import { localDateInJapan } from '#kernel';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { codePrefix } from '../wave/reach.js';
import { isRed, MILESTONE_NAMES, overdueOn, READINESS_STATES, scoreOf, stateOf, TICKET_CATEGORIES, type ReadinessState } from './readiness.js';
import type { ReadinessStore, Standing } from './readiness.store.js';

const milestone = z.enum(MILESTONE_NAMES);
const state = z.enum(READINESS_STATES);
const municipality = z.object({
  municipalityCode: z.string(), state, score: z.number().int().describe('weighted milestones that are done, of 100'),
  overdue: z.array(milestone), tickets: z.array(z.uuid()).describe('tickets that hold its wave'), milestones: z.partialRecord(milestone, state),
});

const spec = useCase({
  action: 'numbering.readiness.list',
  kind: 'question',
  summary: 'The board of municipalities, page by page, with counts by state and of open tickets by what they are about; red: blocked ones and those with a milestone overdue',
  input: z.object({
    state: state.optional(),
    red: z.stringbool().optional(),
    after: z.string().regex(/^\d{6}$/).default('000000'),
    limit: z.coerce.number().int().min(1).max(2_000).default(200),
  }),
  output: z.object({ counts: z.record(state, z.number().int()), red: z.number().int(), openTickets: z.partialRecord(z.enum(TICKET_CATEGORIES), z.number().int()), items: z.array(municipality), next: z.string().optional() }),
  refusals: [],
});

/** NUM-5.5: everybody sees as far as he is in charge; the red list of a prefecture is its area's. */
export class ListReadiness implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly readiness: ReadinessStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const today = localDateInJapan(ctx.now);
    const all = (await this.readiness.standing(ctx.db, codePrefix(ctx))).map((standing) => viewOf(standing, today));
    const counted = (wanted: ReadinessState): number => all.filter((seen) => seen.state === wanted).length;
    const asked = all.filter((seen) => seen.municipalityCode > input.after && (input.state ?? seen.state) === seen.state && (input.red ?? isRed(seen)) === isRed(seen));
    const items = asked.slice(0, input.limit);
    return {
      counts: { NOT_STARTED: counted('NOT_STARTED'), IN_PROGRESS: counted('IN_PROGRESS'), DONE: counted('DONE'), BLOCKED: counted('BLOCKED') },
      red: all.filter(isRed).length,
      openTickets: await this.readiness.openTickets(ctx.db, codePrefix(ctx)),
      items,
      ...(asked.length > items.length ? { next: items.at(-1)?.municipalityCode } : {}),
    };
  }
}

const readSpec = useCase({
  action: 'numbering.readiness.read',
  kind: 'question',
  summary: 'The milestones of a municipality with their evidence',
  input: z.object({ municipalityCode: z.string().regex(/^\d{6}$/) }),
  output: municipality.extend({
    items: z.array(z.object({ milestone, state, dueOn: z.string(), evidence: z.string().nullable(), blockerTicketId: z.string().nullable(), changedAt: z.string() })),
  }),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

export class ReadReadiness implements UseCase<typeof readSpec> {
  readonly spec = readSpec;
  constructor(private readonly readiness: ReadinessStore) {}

  async execute(ctx: Ctx, { municipalityCode }: InputOf<typeof readSpec>): Promise<OutputOf<typeof readSpec>> {
    requireJurisdiction(ctx, municipalityCode);
    const [standing] = await this.readiness.standing(ctx.db, municipalityCode);
    if (standing === undefined) throw platformProblems.refuse('NOT_FOUND');
    const items = await this.readiness.items(ctx.db, municipalityCode);
    return { ...viewOf(standing, localDateInJapan(ctx.now)), items: items.map(({ changedAt, ...item }) => ({ ...item, changedAt: changedAt.toISOString() })) };
  }
}

function viewOf({ municipalityCode, items, tickets }: Standing, today: string): z.output<typeof municipality> {
  return {
    municipalityCode, state: stateOf(items, tickets.length > 0), score: scoreOf(items), overdue: overdueOn(items, today), tickets: [...tickets],
    milestones: Object.fromEntries(items.map((item) => [item.milestone, item.state])),
  };
}
