import { applicationWithdrawn, cardIssuanceProblems } from '#contracts/card-issuance';
import { found, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { requireNotOrdered } from './application.js';
import type { Application, ApplicationStore } from './application.store.js';

const spec = useCase({
  action: 'card-issuance.application.withdraw',
  kind: 'command',
  summary: 'The applicant withdraws an application at the municipality before its card is ordered, for instance because the lost card was found',
  input: z.strictObject({ applicationId: z.string().regex(/^\d{23}$/), reason: z.enum(['CARD_FOUND', 'NOT_WISHED']) }),
  output: z.object({ applicationId: z.string(), state: z.literal('WITHDRAWN') }),
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** Withdrawal (CARD-3.3). */
export class WithdrawApplication implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly applications: ApplicationStore) {}

  async execute(ctx: Ctx, { applicationId, reason }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const application = found(await this.applications.lock(ctx.db, applicationId));
    requireJurisdiction(ctx, application.municipalityCode);
    await withdraw(ctx, this.applications, application);
    ctx.audit({ object: `application:${applicationId}`, subjects: [application.personKey], facts: { reason } });
    return { applicationId, state: 'WITHDRAWN' };
  }
}

/** The same for a re-issue that a resumed card makes needless (CARD-4.9). The application is locked. Refuses BAD_STATE. */
export async function withdraw(ctx: Ctx, store: ApplicationStore, { applicationId, municipalityCode, channel, state, version }: Application): Promise<void> {
  requireNotOrdered(state);
  await store.moveTo(ctx.db, [applicationId], { state: 'WITHDRAWN' });
  ctx.emit(applicationWithdrawn, { aggregateId: applicationId, sequence: version + 1, data: { applicationId, municipalityCode, channel } });
}
