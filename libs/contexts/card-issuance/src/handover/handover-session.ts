import type { ChipRecord } from '#chip';
import { cardIssuanceProblems } from '#contracts/card-issuance';

/** States of a hand-over (CARD-3.6). Ledger confirmation and closing happen in one transaction here, so only CLOSED is seen. */
export const SESSION_STATES = ['OPEN', 'IDENTITY_OK', 'PIN_SET', 'CHIP_WRITTEN', 'CLOSED', 'COMPENSATED', 'MISMATCH'] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/** The steps in their order (CARD-4.7). */
export const STEPS = ['identity', 'pins', 'certificates', 'chip-written', 'confirmation'] as const;
export type Step = (typeof STEPS)[number];

/** A lease for the terminal's work; opening again from the same terminal renews it (CARD-4.7). */
export const LEASE_MINUTES = 30;
/** A written chip without confirmation is settled after this time (CARD-4.7). */
export const CONFIRMATION_MINUTES = 10;

export interface Session {
  readonly sessionId: string;
  readonly cardSerial: string;
  readonly municipalityCode: string;
  readonly terminalId: string;
  readonly state: SessionState;
  readonly documents: readonly string[] | null;
  readonly certificates: CertificateOutcome | null;
  readonly leaseUntil: Date;
  readonly chipWrittenAt: Date | null;
  /** The authority was asked to bring certificates into force, whatever it answered. */
  readonly activationBegun: boolean;
  /** While ledger and chip may disagree (CARD-3.5). */
  readonly doubtId: string | null;
  readonly endedAt: Date | null;
}

/** ACTIVATED: in force. QUEUED: the authority was away, they come into force later. NONE: nobody wished one. */
export type CertificateOutcome = 'ACTIVATED' | 'QUEUED' | 'NONE';

/** How many steps are done; undefined once the session has ended without a hand-over. */
function stepsDone(session: Session): number | undefined {
  switch (session.state) {
    case 'OPEN':
      return 0;
    case 'IDENTITY_OK':
      return 1;
    case 'PIN_SET':
      return session.certificates === null ? 2 : 3;
    case 'CHIP_WRITTEN':
      return 4;
    case 'CLOSED':
      return 5;
    case 'COMPENSATED':
    case 'MISMATCH':
      return undefined;
  }
}

/** Whether a step is to be applied or was done before. Refuses STEP_ORDER, and LEASE_LOST when the time ran out before the chip was written. */
export function decideStep(session: Session, step: Step, now: Date): 'APPLY' | 'REPEATED' {
  const done = stepsDone(session);
  if (done === undefined) throw cardIssuanceProblems.refuse('LEASE_LOST');
  const wanted = STEPS.indexOf(step);
  if (done > wanted) return 'REPEATED';
  if (leaseRanOut(session, now)) throw cardIssuanceProblems.refuse('LEASE_LOST');
  if (done < wanted) throw cardIssuanceProblems.refuse('STEP_ORDER', { facts: { expected: STEPS[done] ?? 'confirmation', step } });
  return 'APPLY';
}

/** Once the chip is written the lease means nothing: the card must become usable (CARD-4.7). */
export function leaseRanOut(session: Session, now: Date): boolean {
  return session.state === 'MISMATCH' || (session.state !== 'CHIP_WRITTEN' && session.leaseUntil <= now);
}

/** What is to be done with a session that nobody works on any more; DOUBT: its terminal may have activated the chip without telling it. */
export function decideSettlement(session: Session): 'COMPLETE' | 'DOUBT' | 'ROLL_BACK' {
  if (session.state === 'CHIP_WRITTEN') return 'COMPLETE';
  return session.doubtId === null ? 'ROLL_BACK' : 'DOUBT';
}

/** Whether a terminal works on it: then it holds one of its municipality's connections (CARD-4.12 Q5). */
export function holdsConnection({ state, endedAt }: Session): boolean {
  return endedAt === null && state !== 'MISMATCH';
}

/**
 * What a chip's record says of a session in doubt (CARD-4.7): activated by it, it is completed; bound to the mismatch and not activated by
 * it, no terminal can do so any more and it is undone. Of a session that was undone meanwhile only the mismatch is resolved. Refuses
 * CHIP_RECORD_STALE, CHIP_TO_BE_TERMINATED when the chip of an undone session is activated, STEP_ORDER when nothing is in doubt.
 */
export function decideChipRecord({ sessionId, state, doubtId, endedAt }: Session, record: ChipRecord): 'COMPLETE' | 'ROLL_BACK' | 'RESOLVE' | 'TERMINATED' | 'REPEATED' {
  if (doubtId === null) {
    if (endedAt !== null) return 'REPEATED';
    throw cardIssuanceProblems.refuse('STEP_ORDER', { facts: { state } });
  }
  const isEnded = endedAt !== null;
  if (record.state === 'ACTIVATED' && record.activated === sessionId) {
    if (isEnded) throw cardIssuanceProblems.refuse('CHIP_TO_BE_TERMINATED');
    return 'COMPLETE';
  }
  if (record.state === 'TERMINATED' && isEnded) return 'TERMINATED';
  if (record.bound !== doubtId || state === 'CHIP_WRITTEN') throw cardIssuanceProblems.refuse('CHIP_RECORD_STALE', { facts: { doubtId } });
  return isEnded ? 'RESOLVE' : 'ROLL_BACK';
}

/** Documents with photo issued by an authority: one suffices (CARD-4.7). */
export const A_DOCUMENTS = ['DRIVING_LICENCE', 'PASSPORT', 'DISABILITY_CERTIFICATE', 'RESIDENCE_CARD', 'JUKI_CARD_WITH_PHOTO', 'DRIVING_RECORD_CERTIFICATE'] as const;
/** Documents with name and birth date or name and address: two different ones. */
export const B_DOCUMENTS = ['HEALTH_INSURANCE_CARD', 'PENSION_BOOK', 'STUDENT_CARD', 'EMPLOYEE_CARD', 'MEDICAL_CERTIFICATE', 'WELFARE_CERTIFICATE'] as const;
export const METHODS = ['IN_PERSON', 'WITH_REPRESENTATIVE', 'PROXY'] as const;

export interface IdentityCheck {
  readonly method: (typeof METHODS)[number];
  readonly documents: readonly string[];
  /** Proof that the applicant cannot come, seen by a second clerk; for a proxy. */
  readonly proxyProof: boolean;
}

/** Refuses IDENTITY_INSUFFICIENT: too few documents, a child without representative, a proxy without proof (CARD-4.7). */
export function decideIdentity(check: IdentityCheck, needsRepresentative: boolean): void {
  const kinds = new Set(check.documents);
  const enough = A_DOCUMENTS.some((kind) => kinds.has(kind)) || B_DOCUMENTS.filter((kind) => kinds.has(kind)).length >= 2;
  const missing = !enough ? 'DOCUMENTS' : needsRepresentative && check.method !== 'WITH_REPRESENTATIVE' ? 'REPRESENTATIVE' : check.method === 'PROXY' && !check.proxyProof ? 'PROXY_PROOF' : undefined;
  if (missing !== undefined) throw cardIssuanceProblems.refuse('IDENTITY_INSUFFICIENT', { facts: { missing } });
}
