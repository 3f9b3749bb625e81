import { trainingProblems } from '#contracts/training';
import { found, type Ctx } from '#platform';
import { requireOwnBody } from './own-body.js';
import { periodFault } from './registration.js';
import type { RegisteredOffer, RegistrationStore } from './registration.store.js';

/** A registration of the caller's body whose learner may learn now, or look again at what he completed; locked. Refuses EXPIRED, NOT_FOUND, NOT_IN_STATE, NOT_STARTED_YET. */
export async function usableRegistration(ctx: Ctx, registrations: RegistrationStore, registrationId: string): Promise<RegisteredOffer> {
  const registration = found(await registrations.lock(ctx.db, registrationId));
  requireOwnBody(ctx, registration.bodyCode);
  const { state } = registration;
  const fault = periodFault(registration, ctx.now);
  if (state === 'EXPIRED' || fault === 'EXPIRED') throw trainingProblems.refuse('EXPIRED');
  if (fault === 'NOT_STARTED_YET') throw trainingProblems.refuse('NOT_STARTED_YET');
  if (state === 'WITHDRAWN') throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state } });
  return registration;
}
