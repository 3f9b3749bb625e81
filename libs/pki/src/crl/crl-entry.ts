import { OID, oid } from '../der/oid.js';
import { TAG } from '../der/tag.js';
import { integerContent } from '../der/write.js';
import { PkiError } from '../pki-error.js';

/** CRLReason of RFC 5280 5.3.1 and its ENUMERATED value; 7 is not used. */
export const CRL_REASON = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  removeFromCRL: 8,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const;

export type CrlReason = keyof typeof CRL_REASON;

const REASON_BY_NUMBER = new Map<number, CrlReason>();
for (const reason of Object.keys(CRL_REASON)) if (isCrlReason(reason)) REASON_BY_NUMBER.set(CRL_REASON[reason], reason);

/** Whether the text is the name of a reason. */
export function isCrlReason(text: string): text is CrlReason {
  return Object.hasOwn(CRL_REASON, text);
}

/** Reason of an ENUMERATED value; undefined for a value RFC 5280 does not define. */
export function crlReasonOf(value: number): CrlReason | undefined {
  return REASON_BY_NUMBER.get(value);
}

/** One revoked certificate. `revokedAt` counts to the second; absent reason = unspecified. */
export interface CrlEntry {
  readonly serial: bigint;
  readonly revokedAt: Date;
  readonly reason?: CrlReason;
  readonly invalidityDate?: Date;
}

/** No entry is longer: 20-octet serial, GeneralizedTime, reason and invalidityDate take 83 octets. */
export const MAX_ENTRY_LENGTH = 96;

const REASON_HEAD = Buffer.concat([
  Buffer.from([TAG.sequence, 10]),
  oid(OID.reasonCode),
  Buffer.from([TAG.octetString, 3, TAG.enumerated, 1]),
]);
const INVALIDITY_HEAD = Buffer.concat([
  Buffer.from([TAG.sequence, 24]),
  oid(OID.invalidityDate),
  Buffer.from([TAG.octetString, 17, TAG.generalizedTime, 15]),
]);

function writePair(target: Buffer, at: number, value: number): number {
  target[at] = 0x30 + Math.floor(value / 10);
  target[at + 1] = 0x30 + (value % 10);
  return at + 2;
}

function writeInstant(target: Buffer, start: number, date: Date): number {
  let at = writePair(target, start, date.getUTCFullYear() % 100);
  at = writePair(target, at, date.getUTCMonth() + 1);
  at = writePair(target, at, date.getUTCDate());
  at = writePair(target, at, date.getUTCHours());
  at = writePair(target, at, date.getUTCMinutes());
  at = writePair(target, at, date.getUTCSeconds());
  target[at] = 0x5a;
  return at + 1;
}

function yearOf(date: Date): number {
  const year = date.getUTCFullYear();
  if (!(year >= 1950 && year <= 9999)) throw new PkiError('BAD_TIME', 'entry has an instant outside 1950..9999');
  return year;
}

function writeGeneralizedTime(target: Buffer, at: number, date: Date): number {
  return writeInstant(target, writePair(target, at, Math.floor(yearOf(date) / 100)), date);
}

function writeRevocationTime(target: Buffer, at: number, date: Date): number {
  const long = yearOf(date) > 2049;
  target[at] = long ? TAG.generalizedTime : TAG.utcTime;
  target[at + 1] = long ? 15 : 13;
  return long ? writeGeneralizedTime(target, at + 2, date) : writeInstant(target, at + 2, date);
}

function writeSerial(target: Buffer, at: number, serial: bigint): number {
  if (serial > 0n && serial < 0x8000_0000n && serial >= 0x0080_0000n) {
    // The common case, a sequential number of four octets, without making a string of it.
    target[at] = TAG.integer;
    target[at + 1] = 4;
    return target.writeUInt32BE(Number(serial), at + 2);
  }
  const content = integerContent(serial);
  if (serial <= 0n || content.length > 20) throw new PkiError('BAD_CRL', 'serial is not positive or exceeds 20 octets');
  target[at] = TAG.integer;
  target[at + 1] = content.length;
  target.set(content, at + 2);
  return at + 2 + content.length;
}

function writeEntryExtensions(target: Buffer, start: number, { reason, invalidityDate }: CrlEntry): number {
  const reasonNumber = reason === undefined ? 0 : CRL_REASON[reason];
  // reasonCode absent, not unspecified (RFC 5280 5.3.1).
  if (reasonNumber === 0 && invalidityDate === undefined) return start;
  let at = start + 2;
  if (reasonNumber !== 0) {
    target.set(REASON_HEAD, at);
    at += REASON_HEAD.length;
    target[at] = reasonNumber;
    at += 1;
  }
  if (invalidityDate !== undefined) {
    target.set(INVALIDITY_HEAD, at);
    at = writeGeneralizedTime(target, at + INVALIDITY_HEAD.length, invalidityDate);
  }
  target[start] = TAG.sequence;
  target[start + 1] = at - start - 2;
  return at;
}

/** Writes one revokedCertificates entry at `at`, which must have MAX_ENTRY_LENGTH octets of room; returns the end. */
export function writeCrlEntry(target: Buffer, start: number, entry: CrlEntry): number {
  let at = writeSerial(target, start + 2, entry.serial);
  at = writeRevocationTime(target, at, entry.revokedAt);
  at = writeEntryExtensions(target, at, entry);
  target[start] = TAG.sequence;
  target[start + 1] = at - start - 2;
  return at;
}
