import { createHmac } from 'node:crypto';
import type { CertificateState } from '../certificate/certificate.js';
import { REASON, type ReasonCode } from '../certificate/revocation-cause.js';
import type { StatusAnswer } from '../ocsp/ocsp.js';

/** Answer to a query: UNKNOWN was not issued by then, EXPIRED had not been revoked when its validity ended. */
export type QueriedStatus =
  | { readonly status: 'GOOD' | 'EXPIRED' | 'UNKNOWN' }
  | { readonly status: 'REVOKED'; readonly recordedAt: Date; readonly reason: ReasonCode };

/** A line of the journal of holds, releases and revocations. */
export interface StatusRecord {
  readonly kind: string;
  readonly reason: ReasonCode;
  readonly recordedAt: Date;
}

export interface CertificateHistory {
  readonly state: CertificateState;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly issuedAt: Date;
  /** When it came into force. */
  readonly activatedAt: Date | null;
  /** In the order of their dates. */
  readonly records: readonly StatusRecord[];
}

/**
 * Status at a past instant, from the records (JPKI 4.13): good only if it was in force by then and nothing had been recorded. What makes a
 * hold final, or a reason graver, keeps the date from which the certificate had no effect, as the lists do.
 */
export function statusAsOf(history: CertificateHistory, asOf: Date): QueriedStatus {
  if (asOf.getTime() < history.notBefore.getTime()) return { status: 'UNKNOWN' };
  const before = history.records.filter(({ recordedAt }) => recordedAt.getTime() <= asOf.getTime());
  const standing = before.slice(before.findLastIndex(({ kind }) => kind === 'RELEASE') + 1);
  const [first, last] = [standing[0], standing.at(-1)];
  if (first !== undefined && last !== undefined) return { status: 'REVOKED', recordedAt: first.recordedAt, reason: last.reason };
  if (waits(history, asOf)) return { status: 'REVOKED', recordedAt: history.issuedAt, reason: REASON.certificateHold };
  return { status: asOf.getTime() > history.notAfter.getTime() ? 'EXPIRED' : 'GOOD' };
}

/** On a card that was not handed over yet. Certificates in force whose date was not kept are older than the column. */
function waits({ state, activatedAt }: CertificateHistory, asOf: Date): boolean {
  return activatedAt === null ? state !== 'VALID' && state !== 'HELD' : asOf.getTime() < activatedAt.getTime();
}

/** The present status in the words of a query. */
export function queriedStatus(answer: StatusAnswer): QueriedStatus {
  if (answer.kind === 'revoked') return { status: 'REVOKED', recordedAt: answer.revokedAt, reason: answer.reason };
  if (answer.kind === 'unknown') return { status: 'UNKNOWN' };
  return { status: answer.archiveCutoff === undefined ? 'GOOD' : 'EXPIRED' };
}

/** A certificate of a person as far as it links others. */
export interface IssuedLink {
  readonly serial: number;
  /** Ended because another one took its place (JPKI 4.7 no. 8). */
  readonly replaced: boolean;
}

/**
 * Serials that followed a renewed certificate, the present one last (JPKI 4.13; act art. 18, 37). `chain`: those of the person and type that
 * came into force, in that order. What was revoked for another cause has no successor: that a mover has come back is nobody's business.
 */
export function successorsOf(chain: readonly IssuedLink[], serial: number): number[] {
  const from = chain.findIndex((link) => link.serial === serial);
  if (from < 0) return [];
  const last = chain.findIndex(({ replaced }, index) => index >= from && !replaced);
  return chain.slice(from + 1, (last < 0 ? chain.length : last) + 1).map((link) => link.serial);
}

/** Serials that this one renewed, the latest first: as long as each ended because the next took its place. `chain` as for `successorsOf`. */
export function predecessorsOf(chain: readonly IssuedLink[], serial: number): number[] {
  const before = chain.slice(0, Math.max(0, chain.findIndex((link) => link.serial === serial)));
  return before.slice(before.findLastIndex(({ replaced }) => !replaced) + 1).map((link) => link.serial).reverse();
}

/** A name for the holder that only this verifier knows, the same for all certificates of a type (JPKI 8). */
export function pseudonymOf(verifierKey: Buffer, personKey: string, type: string): string {
  return createHmac('sha256', verifierKey).update(`${personKey}\0${type}`).digest('hex');
}
