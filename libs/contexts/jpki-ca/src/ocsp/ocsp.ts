import { stateAt, type CertificateState } from '../certificate/certificate.js';
import { REASON, type ReasonCode } from '../certificate/revocation-cause.js';

/** An answer says when to ask again (JPKI 4.9). */
export const ANSWER_LIFE_MS = 15 * 60_000;
/** Shared caches may keep an answer without nonce this long: a revocation has to show within a minute (JPKI 4.7). */
export const CACHE_SECONDS = 60;
const ARCHIVE_YEARS = 10;
const RESPONDER_DAYS = 30;
const DAY_MS = 86_400_000;

/** What the register knows of an issued serial number. */
export interface IssuedStatus {
  readonly state: CertificateState;
  readonly notAfter: Date;
  readonly issuedAt: Date;
  readonly revokedAt?: Date | undefined;
  readonly reason?: ReasonCode | undefined;
}

export type StatusAnswer =
  | { readonly kind: 'good'; readonly archiveCutoff?: Date }
  | { readonly kind: 'revoked'; readonly revokedAt: Date; readonly reason: ReasonCode; readonly archiveCutoff?: Date }
  | { readonly kind: 'unknown' };

/**
 * Status by JPKI 4.9: never issued is unknown, never good; not yet handed over reads as on hold; after its end a certificate keeps
 * the status it had, with the archive cutoff that says how long that is remembered.
 */
export function statusAnswer(issued: IssuedStatus | undefined, now: Date): StatusAnswer {
  if (issued === undefined) return { kind: 'unknown' };
  const archive = stateAt({ state: 'VALID', notAfter: issued.notAfter }, now) === 'EXPIRED' ? { archiveCutoff: yearsBefore(now, ARCHIVE_YEARS) } : {};
  if (issued.revokedAt !== undefined && issued.reason !== undefined) return { kind: 'revoked', revokedAt: issued.revokedAt, reason: issued.reason, ...archive };
  if (issued.state === 'ISSUED_INACTIVE') return { kind: 'revoked', revokedAt: issued.issuedAt, reason: REASON.certificateHold, ...archive };
  return { kind: 'good', ...archive };
}

function yearsBefore(now: Date, years: number): Date {
  return new Date(Date.UTC(now.getUTCFullYear() - years, now.getUTCMonth(), now.getUTCDate()));
}

export interface ResponderLife {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A responder's certificate lives 30 days, no longer than its root, and is renewed after two thirds of them (JPKI 3.8). */
export function responderLife(now: Date, rootEnd: Date): ResponderLife {
  const notBefore = new Date(Math.floor(now.getTime() / 1000) * 1000);
  return { notBefore, notAfter: new Date(Math.min(notBefore.getTime() + RESPONDER_DAYS * DAY_MS, rootEnd.getTime())) };
}

export function needsRenewal({ notBefore, notAfter }: ResponderLife, now: Date): boolean {
  return now.getTime() >= notBefore.getTime() + ((notAfter.getTime() - notBefore.getTime()) * 2) / 3;
}
