import { decideRevocation, stateAt, type CertificateStatus } from '../certificate/certificate.js';
import { REASON, type ReasonCode, type RevocationCause } from '../certificate/revocation-cause.js';
import type { PublishedStatus } from './status-copy.js';

/** Counters of the database whose numbers must never be given twice. */
export const COUNTERS = ['sign_serial', 'auth_serial', 'timestamp_serial'] as const;
export type Counters = Readonly<Record<(typeof COUNTERS)[number], number>>;

/** Above what was noted last; by then at least as many numbers as a copy lags behind, at any rate of issuing, are skipped. */
const SERIAL_MARGIN = 10_000;
/** Numbers that may be given before they are noted again. */
const SERIAL_RISE = 1_000;

/** Whether so many serial numbers were given since they were noted that they are noted again. */
export function haveRisen(noted: Counters | undefined, present: Counters): boolean {
  return COUNTERS.some((counter) => present[counter] >= (noted?.[counter] ?? 0) + SERIAL_RISE);
}

/** How many numbers are skipped, so that none of those given after the state of the database comes again (JPKI 3.3). */
export function numbersToSkip(noted: number, present: number): number {
  return Math.max(0, noted + SERIAL_MARGIN - present);
}

/** What follows from a published status for a certificate of the restored database, which may know less of it. UNRECORDED: nothing at all. */
export type ReentryEffect = 'UNRECORDED' | 'REVOKE' | 'HOLD' | 'ACTIVATE' | 'NONE';

/**
 * Nothing that was revoked or held comes back: a release that was published after the state of the database is not taken over, since a
 * hold is released in person at any time, and a revocation never (JPKI 3.4, 3.5, 3.9).
 */
export function reentryOf(published: Pick<PublishedStatus, 'state' | 'reason'>, known: CertificateStatus | undefined, now: Date): ReentryEffect {
  if (known === undefined) return 'UNRECORDED';
  const state = stateAt(known, now);
  if (published.state === 'REVOKED') return ['REVOKE', 'UPGRADE'].includes(decideRevocation(known, causeOf(published.reason), now)) ? 'REVOKE' : 'NONE';
  if (published.state === 'HELD') return state === 'VALID' || state === 'ISSUED_INACTIVE' ? 'HOLD' : 'NONE';
  return published.state === 'VALID' && state === 'ISSUED_INACTIVE' ? 'ACTIVATE' : 'NONE';
}

const CAUSE_OF: Readonly<Record<ReasonCode, RevocationCause>> = {
  [REASON.keyCompromise]: 'KEY_LEAKED_OR_LOST', [REASON.caCompromise]: 'ISSUER_KEY_LEAKED', [REASON.affiliationChanged]: 'RESIDENT_CHANGE',
  [REASON.superseded]: 'RECORD_ERROR', [REASON.cessationOfOperation]: 'HOLDER_APPLICATION', [REASON.certificateHold]: 'RECORD_ERROR',
};

/** The cause of JPKI 4.7 under which a published reason is entered again: what is on the lists stays the same. */
export function causeOf(reason: ReasonCode = REASON.superseded): RevocationCause {
  return CAUSE_OF[reason];
}
