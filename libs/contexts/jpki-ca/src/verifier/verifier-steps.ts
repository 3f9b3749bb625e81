import { jpkiCaProblems, verifierEnded, verifierProductionGranted, verifierSuspended, verifierTestGranted } from '#contracts/jpki-ca';
import { localDateInJapan } from '#kernel';
import { officerOf, type Ctx } from '#platform';
import type { AccessGrants } from '../ocsp/access-grants.js';
import { isOver, stepVerifier, type VerifierStep } from './verifier.js';
import { permittedVerifier } from './verifier-view.js';
import type { VerifierRecord, VerifierStore } from './verifier.store.js';

const TOLD: Partial<Readonly<Record<VerifierStep, typeof verifierEnded>>> = {
  GRANT_TEST: verifierTestGranted, GRANT: verifierProductionGranted, SUSPEND: verifierSuspended, END: verifierEnded,
};

/** Two officers cannot be told apart without their names. */
const NAMED: readonly VerifierStep[] = ['CHECK', 'GRANT'];

/** The steps of a verifier's life with what hangs on them: its grants, event and audit line in the caller's transaction. */
export class VerifierSteps {
  constructor(
    private readonly verifiers: VerifierStore,
    private readonly grants: AccessGrants,
  ) {}

  /** Locked until the transaction ends. Refuses NOT_FOUND, OUT_OF_JURISDICTION. */
  async held(ctx: Ctx, verifierId: string): Promise<VerifierRecord> {
    return permittedVerifier(ctx, await this.verifiers.lock(ctx.db, verifierId));
  }

  /** Refuses OPERATOR_NOT_ASSERTED and what `stepVerifier` refuses. What an officer checked is to be checked again after any other step. */
  async take(ctx: Ctx, held: VerifierRecord, step: VerifierStep, changes: Partial<VerifierRecord> = {}): Promise<VerifierRecord> {
    if (NAMED.includes(step) && ctx.actor.operator === undefined) throw jpkiCaProblems.refuse('OPERATOR_NOT_ASSERTED');
    const officer = officerOf(ctx);
    const outcome = stepVerifier(held, step, { officer, today: localDateInJapan(ctx.now) });
    if ('refusal' in outcome) throw jpkiCaProblems.refuse(outcome.refusal, { facts: { state: held.state } });
    const event = TOLD[step];
    const taken: VerifierRecord = {
      ...held, ...changes, ...settled(held, step, ctx.now), state: outcome.state, checkedBy: step === 'CHECK' ? officer : null,
      told: held.told + (event === undefined ? 0 : 1),
    };
    await this.verifiers.save(ctx.db, taken, ctx.now);
    if (step === 'GRANT') await this.grants.provide(ctx, taken);
    else if (held.state === 'PRODUCTION' && taken.state !== 'PRODUCTION') await this.grants.withdraw(ctx, taken.organisation);
    if (isOver(taken)) await this.verifiers.removeConfirmers(ctx.db, taken.id);
    ctx.audit({ object: `verifier:${taken.id}`, facts: { step, from: held.state, to: taken.state } });
    if (event !== undefined) {
      const { id: verifierId, organisation, class: verifierClass, purposes, modes, reason } = taken;
      ctx.emit(event, {
        aggregateId: verifierId, sequence: taken.told,
        data: {
          verifierId, organisation, class: verifierClass, purposes: [...purposes], modes: [...modes], at: ctx.now.toISOString(),
          ...(step === 'SUSPEND' && reason !== null ? { reason } : {}),
        },
      });
    }
    return taken;
  }
}

/** What two officers confirmed stands, and what a suspended verifier filed for its renewal is what they look at next. */
function settled(held: VerifierRecord, step: VerifierStep, now: Date): Partial<VerifierRecord> {
  if (step !== 'GRANT' && step !== 'SUSPEND') return {};
  const { renewalNo, renewalExpiry } = held;
  const renewed = renewalExpiry === null ? {} : { certificationNo: renewalNo, certificationExpiry: renewalExpiry, renewalNo: null, renewalExpiry: null };
  return step === 'GRANT' ? { ...renewed, reason: null, grantedAt: held.grantedAt ?? now } : renewed;
}
