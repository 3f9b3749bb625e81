import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

/** States of a chip (CARD-3.5). */
export const CHIP_STATES = ['BLANK', 'PERSONALISED', 'ACTIVATED', 'TERMINATED'] as const;
export type ChipState = (typeof CHIP_STATES)[number];

/** What a chip says of itself, signed by its own key: our own format, version 1. */
export interface ChipRecord {
  /** 16 characters. */
  readonly cardSerial: string;
  readonly state: ChipState;
  /** The session that the chip was bound to last: only that one can activate it. UUID; undefined before the first. */
  readonly bound: string | undefined;
  /** The session that activated it last. */
  readonly activated: string | undefined;
  /** Rises with every binding and activation. */
  readonly counter: number;
}

const MAGIC = Buffer.from('KCR1', 'latin1');
const BODY = 57;
const SIGNATURE = 64;
/** ECDSA P-256 with SHA-256, r and s of 32 octets each. */
const ENCODING = { dsaEncoding: 'ieee-p1363' } as const;

/** 57 octets: `KCR1`, serial (16), state (1), bound and activating session (16 each), counter (4); then the signature (64). */
export function signChipRecord(record: ChipRecord, key: KeyObject): Buffer {
  const body = Buffer.alloc(BODY);
  MAGIC.copy(body, 0);
  body.write(record.cardSerial, 4, 16, 'latin1');
  body.writeUInt8(CHIP_STATES.indexOf(record.state), 20);
  uuidOctets(record.bound).copy(body, 21);
  uuidOctets(record.activated).copy(body, 37);
  body.writeUInt32BE(record.counter, 53);
  return Buffer.concat([body, sign('sha256', body, { key, ...ENCODING })]);
}

/** The record if it has the form and is signed by the key (SubjectPublicKeyInfo DER); else why not. */
export function openChipRecord(octets: Buffer, spki: Buffer): ChipRecord | 'FORMAT' | 'SIGNATURE' {
  const record = chipRecordOf(octets);
  if (record === undefined) return 'FORMAT';
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  return verify('sha256', octets.subarray(0, BODY), { key, ...ENCODING }, octets.subarray(BODY)) ? record : 'SIGNATURE';
}

/** What a chip in front of the terminal says; nothing of it is proven. Undefined when it is no record. */
export function chipRecordOf(octets: Buffer): ChipRecord | undefined {
  const state = CHIP_STATES[octets.length === BODY + SIGNATURE ? octets.readUInt8(20) : -1];
  if (state === undefined || !octets.subarray(0, 4).equals(MAGIC)) return undefined;
  return { cardSerial: octets.toString('latin1', 4, 20), state, bound: uuidOf(octets.subarray(21, 37)), activated: uuidOf(octets.subarray(37, 53)), counter: octets.readUInt32BE(53) };
}

/** Whether the octets are a key that a chip may have: SubjectPublicKeyInfo DER of P-256. */
export function isChipKey(spki: Buffer): boolean {
  try {
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' && key.export({ type: 'spki', format: 'der' }).equals(spki);
  } catch {
    return false;
  }
}

/** 16 octets of a UUID; zeros for none. */
export function uuidOctets(uuid: string | undefined): Buffer {
  return uuid === undefined ? Buffer.alloc(16) : Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

/** The UUID of 16 octets; undefined for zeros. */
export function uuidOf(octets: Buffer): string | undefined {
  const hex = octets.toString('hex');
  return octets.some((octet) => octet !== 0) ? `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` : undefined;
}
