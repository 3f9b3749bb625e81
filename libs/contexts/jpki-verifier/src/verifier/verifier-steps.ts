import { jpkiVerifierProblems, verifierChanged } from '#contracts/jpki-verifier';
import { localDateInJapan } from '#kernel';
import { officerOf, type Ctx } from '#platform';
import { isOver, stepVerifier, type VerifierStep } from './verifier.js';
import { accessOf, permittedVerifier } from './verifier-view.js';
import type { VerifierRecord, VerifierStore } from './verifier.store.js';

/** Steps of which partners are told by whoever gives and takes access. */
const TOLD: readonly VerifierStep[] = ['GRANT_TEST', 'GRANT', 'SUSPEND', 'END'];

/** Two officers cannot be told apart without their names. */
const NAMED: readonly VerifierStep[] = ['CHECK', 'GRANT'];

/** The steps of a verifier's life with what hangs on them: its event, by which access is given and taken, and its audit line in the caller's transaction. */
export class VerifierSteps {
  constructor(private readonly verifiers: VerifierStore) {}

  /** Locked until the transaction ends. Refuses NOT_FOUND, OUT_OF_JURISDICTION. */
  async held(ctx: Ctx, verifierId: string): Promise<VerifierRecord> {
    return permittedVerifier(ctx, await this.verifiers.lock(ctx.db, verifierId));
  }

  /** Refuses OPERATOR_NOT_ASSERTED and what `stepVerifier` refuses. What an officer checked is to be checked again after any other step. */
  async take(ctx: Ctx, held: VerifierRecord, step: VerifierStep, changes: Partial<VerifierRecord> = {}): Promise<VerifierRecord> {
    if (NAMED.includes(step) && ctx.actor.operator === undefined) throw jpkiVerifierProblems.refuse('OPERATOR_NOT_ASSERTED');
    const officer = officerOf(ctx);
    const outcome = stepVerifier(held, step, { officer, today: localDateInJapan(ctx.now) });
    if ('refusal' in outcome) throw jpkiVerifierProblems.refuse(outcome.refusal, { facts: { state: held.state } });
    const taken: VerifierRecord = {
      ...held, ...changes, ...settled(ctx, held, step), state: outcome.state, checkedBy: step === 'CHECK' ? officer : null, told: held.told + (TOLD.includes(step) ? 1 : 0),
    };
    if (isOver(taken)) await this.verifiers.removeConfirmers(ctx.db, taken.id);
    ctx.audit({ object: `verifier:${taken.id}`, facts: { step, from: held.state, to: taken.state } });
    return this.noteChange(ctx, taken);
  }

  /** Keeps what is of it now, and tells those who answer it. `held` is locked. */
  async noteChange(ctx: Ctx, held: VerifierRecord): Promise<VerifierRecord> {
    const verifier = { ...held, version: held.version + 1 };
    await this.verifiers.save(ctx.db, verifier, ctx.now);
    const data = accessOf(verifier, await this.verifiers.confirmers(ctx.db, verifier.id));
    ctx.emit(verifierChanged, { aggregateId: verifier.id, sequence: verifier.version, data });
    return verifier;
  }
}

/** What two officers confirmed stands, and what a suspended verifier filed for its renewal is what they look at next. */
function settled({ actor, now }: Ctx, held: VerifierRecord, step: VerifierStep): Partial<VerifierRecord> {
  if (step !== 'GRANT' && step !== 'SUSPEND') return {};
  const { renewalNo, renewalExpiry } = held;
  const renewed = renewalExpiry === null ? {} : { certificationNo: renewalNo, certificationExpiry: renewalExpiry, renewalNo: null, renewalExpiry: null };
  return step === 'GRANT' ? { ...renewed, reason: null, grantedAt: held.grantedAt ?? now, providedAt: now, providedBy: actor.clientId } : renewed;
}
