import { z } from 'zod';
import { found, nextOf, pageLimit, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { PLAN_STATES, progressOf } from './mailing-plan.js';
import type { MailingPlan, MailingPlanStore } from './mailing-plan.store.js';

const planView = z.object({
  setId: z.uuid(), municipalityCode: z.string(), baseDate: z.string().nullable(), state: z.enum(PLAN_STATES), households: z.number(), persons: z.number(), plannedPersons: z.number(),
  personsPerMinute: z.number().optional(), remainingSeconds: z.number().optional(), jobId: z.uuid().nullable(),
});

const listSpec = useCase({
  action: 'card-issuance.mailing-plan.list',
  kind: 'question',
  summary: 'Lists of addressees with how far their envelopes are planned; `waiting` alone: those that nobody has started',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/).optional(), waiting: z.stringbool().default(false), after: z.uuid().optional(), limit: pageLimit }),
  output: z.object({ items: z.array(planView), next: z.uuid().optional() }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

export class ListMailingPlans implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly plans: MailingPlanStore) {}

  async execute(ctx: Ctx, { municipalityCode, waiting, after, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    requireJurisdiction(ctx, municipalityCode ?? '');
    const page = await this.plans.list(ctx.db, { municipalityCode, waiting, after, limit });
    return { items: page.map((plan) => viewOf(plan, ctx.now)), ...nextOf(page, limit, (last) => last.setId) };
  }
}

const showSpec = useCase({
  action: 'card-issuance.mailing-plan.show',
  kind: 'question',
  summary: 'The planning of a list: pace and time left, envelopes by state, and the lots in which they are printed',
  input: z.strictObject({ setId: z.uuid() }),
  output: planView.extend({
    states: z.array(z.object({ state: z.string(), envelopes: z.number() })),
    lots: z.array(z.object({ lotNo: z.number(), envelopes: z.number() })),
  }),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

export class ShowMailingPlan implements UseCase<typeof showSpec> {
  readonly spec = showSpec;

  constructor(private readonly plans: MailingPlanStore) {}

  async execute(ctx: Ctx, { setId }: InputOf<typeof showSpec>): Promise<OutputOf<typeof showSpec>> {
    const plan = found(await this.plans.find(ctx.db, setId));
    requireJurisdiction(ctx, plan.municipalityCode);
    const lots = await this.plans.lots(ctx.db, setId);
    return { ...viewOf(plan, ctx.now), states: await this.plans.states(ctx.db, setId), lots: lots.map(({ lotNo, envelopes }) => ({ lotNo, envelopes })) };
  }
}

function viewOf(plan: MailingPlan, now: Date): z.input<typeof planView> {
  const { setId, municipalityCode, baseDate, households, persons, plannedPersons, jobId } = plan;
  return { setId, municipalityCode, baseDate, households, persons, plannedPersons, jobId, ...progressOf(plan, now) };
}
