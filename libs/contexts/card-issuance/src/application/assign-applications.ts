import { applicationReviewStarted } from '#contracts/card-issuance';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { ApplicationStore } from './application.store.js';
import { examinerOf } from './review-application.js';

const LEASE_MINUTES = 30;

const spec = useCase({
  action: 'card-issuance.application.assign',
  kind: 'command',
  summary: 'Gives the oldest applications of a queue to an examiner, for thirty minutes: nobody else gets or decides them meanwhile. MANUAL holds those that a machine asks to look at twice',
  input: z.strictObject({ queue: z.enum(['ORDINARY', 'MANUAL']).default('ORDINARY'), limit: z.number().int().min(1).max(50).default(10), examiner: z.string().min(1).max(64).optional().describe('the examiner, where the token names none') }),
  output: z.object({
    until: z.iso.datetime(),
    items: z.array(z.object({
      applicationId: z.string(), municipalityCode: z.string(), channel: z.string(), refusalProposed: z.boolean(), queuedAt: z.iso.datetime(),
      findings: z.array(z.object({ code: z.string(), measure: z.string(), value: z.number(), limit: z.number(), otherApplicationId: z.string().optional() })),
    })),
  }),
  refusals: [],
});

/** The examiners' queue (CARD-3.3): the one who proposed a refusal never gets it again. */
export class AssignApplications implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly applications: ApplicationStore) {}

  async execute(ctx: Ctx, { queue, limit, examiner }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const until = new Date(ctx.now.getTime() + LEASE_MINUTES * 60_000);
    const given = await this.applications.assign(ctx.db, { examiner: examinerOf(ctx, examiner), manual: queue === 'MANUAL', limit, until }, ctx.now);
    const begun = given.filter(({ state }) => state === 'RECEIVED');
    await this.applications.moveTo(ctx.db, begun.map(({ applicationId }) => applicationId), { state: 'UNDER_REVIEW' });
    for (const { applicationId, municipalityCode, channel, version } of begun) {
      ctx.emit(applicationReviewStarted, { aggregateId: applicationId, sequence: version + 1, data: { applicationId, municipalityCode, channel } });
    }
    ctx.audit({ object: `applications:${queue}`, subjects: given.map(({ personKey }) => personKey), facts: { given: given.length } });
    const items = given.toSorted((a, b) => a.queuedAt.getTime() - b.queuedAt.getTime()).map(({ applicationId, municipalityCode, channel, refusalProposedBy, queuedAt, findings }) => ({
      applicationId, municipalityCode, channel, refusalProposed: refusalProposedBy !== null, queuedAt: queuedAt.toISOString(),
      findings: findings.map(({ code, measure, value, limit: most, otherApplicationId }) => ({ code, measure, value, limit: most, ...(otherApplicationId === undefined ? {} : { otherApplicationId }) })),
    }));
    return { until: until.toISOString(), items };
  }
}
