import { CAUSES, REASON, type ReasonCode, type RevocationCause } from './revocation-cause.js';
import type { CertificateType } from '../ca/ca.js';

export const CERTIFICATE_STATES = ['ISSUED_INACTIVE', 'VALID', 'HELD', 'REVOKED', 'EXPIRED'] as const;
export type CertificateState = (typeof CERTIFICATE_STATES)[number];

/** Next states (JPKI 3.4). REVOKED and EXPIRED are final: a wrong revocation is cured by free re-issue. */
export const NEXT_STATES: Readonly<Record<CertificateState, readonly CertificateState[]>> = {
  ISSUED_INACTIVE: ['VALID', 'REVOKED', 'EXPIRED'],
  VALID: ['HELD', 'REVOKED', 'EXPIRED'],
  HELD: ['VALID', 'REVOKED', 'EXPIRED'],
  REVOKED: [],
  EXPIRED: [],
};

/** What decides about a certificate: its recorded state, its end, and the reason it stands on a list, if it does. */
export interface CertificateStatus {
  readonly type: CertificateType;
  readonly state: CertificateState;
  readonly notAfter: Date;
  readonly reason?: ReasonCode | undefined;
}

/** The state at an instant: expiry comes from the clock, not from a job (JPKI 4.7 no. 6). */
export function stateAt({ state, notAfter }: Pick<CertificateStatus, 'state' | 'notAfter'>, now: Date): CertificateState {
  return NEXT_STATES[state].includes('EXPIRED') && now.getTime() > notAfter.getTime() ? 'EXPIRED' : state;
}

function maySwitch(status: CertificateStatus, to: CertificateState, now: Date): boolean {
  return NEXT_STATES[stateAt(status, now)].includes(to);
}

/** Whether a hand-over brings it into force. */
export function activates(status: CertificateStatus, now: Date): boolean {
  return stateAt(status, now) === 'ISSUED_INACTIVE';
}

export function holds(status: CertificateStatus, now: Date): boolean {
  return maySwitch(status, 'HELD', now);
}

export function releases(status: CertificateStatus, now: Date): boolean {
  return stateAt(status, now) === 'HELD';
}

/**
 * REVOKE: now ineffective. UPGRADE: already revoked, the graver reason replaces the former and the date stays (JPKI 3.5).
 * EXPIRED, FINAL, NOT_APPLICABLE: nothing changes.
 */
export type RevocationDecision = 'REVOKE' | 'UPGRADE' | 'EXPIRED' | 'FINAL' | 'NOT_APPLICABLE';

const UPGRADES: readonly ReasonCode[] = [REASON.keyCompromise, REASON.caCompromise];

export function decideRevocation(status: CertificateStatus, cause: RevocationCause, now: Date): RevocationDecision {
  const { appliesTo, reason } = CAUSES[cause];
  if (!appliesTo.some((type) => type === status.type)) return 'NOT_APPLICABLE';
  const state = stateAt(status, now);
  if (state === 'EXPIRED') return 'EXPIRED';
  if (state !== 'REVOKED') return 'REVOKE';
  const graver = UPGRADES.includes(reason) && status.reason !== reason && status.reason !== REASON.caCompromise;
  return graver ? 'UPGRADE' : 'FINAL';
}
