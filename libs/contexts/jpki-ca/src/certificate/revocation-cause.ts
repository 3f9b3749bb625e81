import type { CertificateType } from '../ca/ca.js';

/** CRLReason values of RFC 5280 5.3.1 that this service uses. */
export const REASON = {
  keyCompromise: 1,
  caCompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
} as const;
export type ReasonCode = (typeof REASON)[keyof typeof REASON];

/** The four statutory kinds of revocation record; RELEASE ends a hold. */
export type RecordKind = 'APPLICATION' | 'RESIDENT_CHANGE' | 'RECORD_ERROR' | 'ISSUER_KEY';

/** Who may report a cause. */
export type CauseSource = 'municipality' | 'operator' | 'system';

export interface CauseRow {
  /** Number in the table of JPKI 4.7. */
  readonly no: number;
  readonly kind: RecordKind;
  readonly reason: ReasonCode;
  readonly appliesTo: readonly CertificateType[];
  readonly sources: readonly CauseSource[];
  /** A list of the partition is issued at once (JPKI 4.8). */
  readonly crlAtOnce: boolean;
}

const BOTH = ['SIGN_CERT', 'AUTH_CERT'] as const;

function row(no: number, kind: RecordKind, reason: ReasonCode, more: Partial<CauseRow> = {}): CauseRow {
  return { no, kind, reason, appliesTo: BOTH, sources: ['system'], crlAtOnce: false, ...more };
}

/**
 * The table of JPKI 4.7. All of art. 12 is affiliationChanged, so that a list does not tell a death from a move. Expiry (no. 6)
 * is read from the clock and never recorded.
 */
export const CAUSES = {
  HOLDER_APPLICATION: row(1, 'APPLICATION', REASON.cessationOfOperation, { sources: ['municipality', 'operator'] }),
  KEY_LEAKED_OR_LOST: row(2, 'APPLICATION', REASON.keyCompromise, { sources: ['municipality'], crlAtOnce: true }),
  RESIDENT_CHANGE: row(3, 'RESIDENT_CHANGE', REASON.affiliationChanged),
  RECORD_ERROR: row(4, 'RECORD_ERROR', REASON.superseded, { sources: ['operator'] }),
  ISSUER_KEY_LEAKED: row(5, 'ISSUER_KEY', REASON.caCompromise, { crlAtOnce: true }),
  CARD_ABOLISHED: row(7, 'APPLICATION', REASON.cessationOfOperation),
  SUPERSEDED: row(8, 'APPLICATION', REASON.superseded),
  WRITE_FAILED: row(8, 'APPLICATION', REASON.superseded),
  NOT_WANTED: row(8, 'APPLICATION', REASON.superseded),
  CARD_STOPPED: row(9, 'APPLICATION', REASON.cessationOfOperation, { appliesTo: ['SIGN_CERT'] }),
  HOLD: row(9, 'APPLICATION', REASON.certificateHold),
} as const satisfies Readonly<Record<string, CauseRow>>;

export type Cause = keyof typeof CAUSES;
/** Causes that end a certificate; a hold does not. */
export type RevocationCause = Exclude<Cause, 'HOLD'>;

/** Effects of a card stop on its certificates (policy `stopEffect` of CARD 4.10, JPKI 4.7 no. 9). */
export const STOP_EFFECT: Readonly<Record<CertificateType, 'HOLD' | 'REVOKE'>> = { AUTH_CERT: 'HOLD', SIGN_CERT: 'REVOKE' };

/** Causes that a person may report by hand. */
export const REPORTABLE_CAUSES = ['HOLDER_APPLICATION', 'KEY_LEAKED_OR_LOST', 'RECORD_ERROR'] as const satisfies readonly RevocationCause[];
