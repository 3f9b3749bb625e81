import { stripGlyphRefs, stripVariationSelectors, parseNameElements, GETA, type LocalDate } from '#kernel';

/** TRN-3.5: a certificate that was replaced or revoked is never in force again. */
export const CERTIFICATE_STATES = ['ISSUED', 'SUPERSEDED', 'REVOKED'] as const;
export type CertificateState = (typeof CERTIFICATE_STATES)[number];

export const REVOCATION_REASONS = ['COMPLETION_WITHDRAWN', 'ISSUED_IN_ERROR', 'MISUSED'] as const;

/** What a number is made of (TRN-4.9). */
export interface NumberParts {
  readonly fiscalYear: number;
  /** Four digits. */
  readonly courseCode: string;
  /** 1 to 99; 0 for e-learning. */
  readonly sessionNo: number;
  readonly serial: number;
}

/** TRN-4.9: fiscal year 4, course 4, session 2, serial 6, and two check digits of ISO/IEC 7064 MOD 97-10. */
export function certificateNumber({ fiscalYear, courseCode, sessionNo, serial }: NumberParts): string {
  const body = `${String(fiscalYear).padStart(4, '0')}${courseCode}${String(sessionNo).padStart(2, '0')}${String(serial).padStart(6, '0')}`;
  if (!/^\d{16}$/.test(body)) throw new Error('a part of the certificate number has too many digits');
  return body + String(98n - ((BigInt(body) * 100n) % 97n)).padStart(2, '0');
}

/** Eighteen digits whose remainder by 97 is 1. */
export function isCertificateNumber(text: string): boolean {
  return /^\d{18}$/.test(text) && BigInt(text) % 97n === 1n;
}

/** What is signed, as canonical JSON (TRN-4.9): no name. */
export interface SignedPayload {
  readonly courseCode: string;
  readonly fiscalYear: number;
  readonly holderRef: string;
  readonly issuedOn: LocalDate;
  readonly no: string;
  readonly sessionNo: number;
  readonly title: string;
}

/** What the 2-D code says: key, payload and signature, so that it is checked without asking us. */
export function codeText({ kid, payload, signature }: { readonly kid: string; readonly payload: Buffer; readonly signature: Buffer }): string {
  return `KBC1.${kid}.${payload.toString('base64url')}.${signature.toString('base64url')}`;
}

/**
 * Whether a verifier typed the holder's name (TRN-4.9). Spaces and variation selectors do not count; any one character, typed or left out, stands
 * for one that only an image draws.
 */
export function isSameName(typed: string, held: string): boolean {
  const letters = (text: string): string => stripVariationSelectors(text.normalize('NFC')).replace(/\s/gu, '');
  const elements = parseNameElements(held.normalize('NFC')).filter(({ character }) => !/\s/u.test(character));
  const pattern = elements.map(({ character, glyph }) => (character === GETA && glyph !== undefined ? '.?' : escaped(character))).join('');
  return new RegExp(`^${pattern}$`, 'u').test(letters(stripGlyphRefs(typed)));
}

function escaped(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
}
