import { applicationApproved, applicationDeficient, applicationRefused, cardIssuanceProblems } from '#contracts/card-issuance';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { APPLICATION_STATES, DEFICIENCIES, decideReview } from './application.js';
import type { ApplicationStore } from './application.store.js';

const EVENTS = { APPROVED: applicationApproved, DEFICIENT: applicationDeficient, REFUSED: applicationRefused } as const;

const spec = useCase({
  action: 'card-issuance.application.review',
  kind: 'command',
  summary: 'An examiner\'s decision; a refusal counts when a second examiner decides the same',
  input: z.strictObject({ applicationId: z.string().regex(/^\d{23}$/), decision: z.enum(['APPROVED', 'DEFICIENT', 'REFUSED']), codes: z.array(z.enum(DEFICIENCIES)).max(18).default([]), examiner: z.string().min(1).max(64).optional().describe('the examiner, where the token names none') })
    .refine(({ decision, codes }) => (decision === 'APPROVED') === (codes.length === 0), { path: ['codes'], params: { code: 'CODES_WITH_DECISION' } }),
  output: z.object({ applicationId: z.string(), state: z.enum(APPLICATION_STATES) }),
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE', 'SAME_EXAMINER'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** Examination (CARD-3.3). */
export class ReviewApplication implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly applications: ApplicationStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const application = await this.applications.lock(ctx.db, input.applicationId);
    if (application === undefined) throw platformProblems.refuse('NOT_FOUND');
    const examiner = ctx.actor.operator ?? input.examiner ?? ctx.actor.clientId;
    const outcome = decideReview(application, { decision: input.decision, examiner });
    await this.applications.moveTo(ctx.db, [input.applicationId], { ...outcome, codes: input.codes });
    const { applicationId, municipalityCode, channel, personKey } = application;
    if (outcome.state !== 'UNDER_REVIEW') {
      const codes = input.codes.length === 0 ? {} : { codes: input.codes };
      ctx.emit(EVENTS[outcome.state], { aggregateId: applicationId, sequence: application.version + 1, data: { applicationId, municipalityCode, channel, ...codes } });
    }
    ctx.audit({ object: `application:${applicationId}`, subjects: [personKey], facts: { decision: input.decision, examiner, state: outcome.state } });
    return { applicationId, state: outcome.state };
  }
}
