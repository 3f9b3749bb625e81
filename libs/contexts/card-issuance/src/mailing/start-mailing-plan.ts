import { z } from 'zod';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { platformProblems, queueJob, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { DelegationStore } from '../delegation/delegation.store.js';
import { requireDelegated } from '../delegation/require-delegated.js';
import { PLAN_STATES, progressOf } from './mailing-plan.js';
import type { MailingPlan, MailingPlanStore } from './mailing-plan.store.js';

const spec = useCase({
  action: 'card-issuance.mailing-plan.start',
  kind: 'command',
  summary: 'Plans the envelopes of a municipality\'s lists of a base date that still wait; harmless to repeat',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/), baseDate: z.iso.date() }),
  output: z.object({ items: z.array(z.object({ setId: z.uuid(), state: z.enum(PLAN_STATES), households: z.number(), persons: z.number(), jobId: z.uuid() })) }),
  refusals: [...refusals(cardIssuanceProblems, 'LIST_NOT_READY', 'NOT_DELEGATED'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION')],
});

/** CARD-4.2. A list that comes while its municipality has delegated the mailing is planned by itself. */
export class StartMailingPlan implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly plans: MailingPlanStore,
    private readonly delegations: DelegationStore,
  ) {}

  async execute(ctx: Ctx, { municipalityCode, baseDate }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    requireJurisdiction(ctx, municipalityCode);
    await requireDelegated(ctx, this.delegations, municipalityCode, 'NOTIFICATION_CARD_PRINT_MAIL');
    const plans = await this.plans.lockOf(ctx.db, municipalityCode, baseDate);
    if (plans.length === 0) throw cardIssuanceProblems.refuse('LIST_NOT_READY');
    const items = [];
    for (const plan of plans) {
      const { setId, households, persons } = plan;
      const jobId = plan.jobId ?? (await startPlanning(ctx, this.plans, plan));
      items.push({ setId, state: plan.jobId === null ? ('PLANNING' as const) : progressOf(plan, ctx.now).state, households, persons, jobId });
    }
    return { items };
  }
}

/** Queues the planning of a list; answers the job. */
export async function startPlanning(ctx: Ctx, plans: MailingPlanStore, { setId, municipalityCode }: Pick<MailingPlan, 'setId' | 'municipalityCode'>): Promise<string> {
  const jobId = await queueJob(ctx, 'plan-mailings', { setId, municipalityCode });
  await plans.start(ctx.db, setId, jobId, ctx.now);
  ctx.audit({ object: `mailing-plan:${setId}`, facts: { municipalityCode, jobId } });
  return jobId;
}
