import { createHash, randomInt } from 'node:crypto';

/** What of a record the manifest's hash covers: everything that identifies it, nothing secret (CARD-3.4). */
export interface ManifestRecord {
  readonly recordNo: number;
  readonly cardSerial: string;
  readonly applicationId: string;
  readonly municipalityCode: string;
  readonly expiryDate: string;
  readonly wishSign: boolean;
  readonly wishAuth: boolean;
  readonly photoSha256: string;
  readonly boxNo: string | null;
  readonly seqInBox: number | null;
}

/** SHA-256 (hex) over the records in the order of their numbers, one line each: fields joined by tabs, wishes as 0 or 1, ended by a line feed. */
export function manifestHash(records: readonly ManifestRecord[]): string {
  const hash = createHash('sha256');
  for (const record of records.toSorted((a, b) => a.recordNo - b.recordNo)) hash.update(`${line(record)}\n`);
  return hash.digest('hex');
}

function line(record: ManifestRecord): string {
  const { recordNo, cardSerial, applicationId, municipalityCode, expiryDate, wishSign, wishAuth, photoSha256, boxNo, seqInBox } = record;
  return [recordNo, cardSerial, applicationId, municipalityCode, expiryDate, Number(wishSign), Number(wishAuth), photoSha256, boxNo ?? '', seqInBox ?? ''].join('\t');
}

const SERIAL_CHARACTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const SERIAL_LENGTH = 16;

/** A new card serial: 16 random characters of 0-9A-Z; the ledger's key keeps them unique (CARD-4.4). */
export function drawCardSerial(): string {
  return Array.from({ length: SERIAL_LENGTH }, () => SERIAL_CHARACTERS.charAt(randomInt(SERIAL_CHARACTERS.length))).join('');
}

/** Four random digits printed on the face (CARD-4.4). */
export function drawSecurityCode(): string {
  return String(randomInt(10_000)).padStart(4, '0');
}
