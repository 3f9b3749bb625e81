import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { OfferStore } from './offer.store.js';
import { requireOwnBody } from './own-body.js';
import { isRunning } from './registration.js';
import type { RegistrationStore } from './registration.store.js';

const spec = useCase({
  action: 'training.registration.withdraw',
  kind: 'command',
  summary: 'Withdraws a registration that is not over; its place is free again',
  input: z.strictObject({ registrationId: z.uuid() }),
  output: z.object({ state: z.literal('WITHDRAWN') }),
  refusals: [...refusals(trainingProblems, 'NOT_IN_STATE'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** TRN-3.4. */
export class WithdrawRegistration implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly registrations: RegistrationStore,
    private readonly offers: OfferStore,
  ) {}

  async execute(ctx: Ctx, { registrationId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { courseId, bodyCode } = found(await this.registrations.find(ctx.db, registrationId));
    requireOwnBody(ctx, bodyCode);
    // The offer first, as whoever registers does.
    const { pooledAt } = found(await this.offers.lock(ctx.db, courseId));
    const { state, isFromPool } = found(await this.registrations.lock(ctx.db, registrationId));
    if (!isRunning(state)) throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state } });
    await this.registrations.end(ctx.db, registrationId, 'WITHDRAWN', ctx.now);
    await this.offers.giveBack(ctx.db, courseId, { bodyCode, isFromPool, isPooled: pooledAt !== null });
    ctx.audit({ object: `registration:${registrationId}`, facts: { from: state, to: 'WITHDRAWN' } });
    return { state: 'WITHDRAWN' };
  }
}
