import { createHmac } from 'node:crypto';
import { checkDigitOfIndividualNumber } from '#kernel';

/** More attempts than this cannot be bad luck (NUM-4.5: probability 10^-46): the generator is at fault. */
export const MAX_ATTEMPTS = 16;

const LABEL = Buffer.from('KIBAN-NUM-1\0', 'latin1');
const CODE_BYTES = 11;
export const SALT_BYTES = 16;
const SPACE = 100_000_000_000;
/** A multiple of the space, so that the remainder has no bias. */
const READABLE = 10 * SPACE;
const VALUES = 6;
const VALUE_BYTES = 5;

/** Key K (32 bytes), or HMAC-SHA-256 under it where it does not leave its token. */
export type DrawKey = Buffer | ((message: Buffer) => Buffer);

function hmac(key: DrawKey, message: Buffer): Buffer {
  return typeof key === 'function' ? key(message) : createHmac('sha256', key).update(message).digest();
}

/** Tells keys apart and nothing about them (NUM-3.7): the message is none of those that draw. */
export function checkValueOf(key: DrawKey): string {
  return hmac(key, Buffer.from('KIBAN-NUM-1 key check value', 'latin1')).toString('hex', 0, 3);
}

/** The message of one draw at a time, so that no copy of a salt stays behind. */
const message = Buffer.alloc(LABEL.length + CODE_BYTES + SALT_BYTES + 4);
LABEL.copy(message);

/** T_j of NUM-4.3: HMAC-SHA-256(K, "KIBAN-NUM-1" 00 C R j), 32 bytes. `salt` has 16. */
export function drawDigest(key: DrawKey, residentCode: string, salt: Buffer, attempt: number): Buffer {
  message.write(residentCode, LABEL.length, 'latin1');
  salt.copy(message, LABEL.length + CODE_BYTES);
  message.writeUInt32BE(attempt, message.length - 4);
  const digest = hmac(key, message);
  message.fill(0, LABEL.length);
  return digest;
}

/** Reads T_j as six 40-bit integers and takes the first below 10^12, modulo 10^11; undefined when none is (NUM-4.3 step 2). */
export function readBody(digest: Buffer): string | undefined {
  for (let index = 0; index < VALUES; index += 1) {
    const value = digest.readUIntBE(index * VALUE_BYTES, VALUE_BYTES);
    if (value < READABLE) return String(value % SPACE).padStart(11, '0');
  }
  return undefined;
}

/** Prefix 99 is kept for tests and training (NUM-8): no such number is ever drawn, taken in or handed out. */
export function isReserved(body: string): boolean {
  return body.startsWith('99');
}

/** Reserved prefix 99, the code itself, all digits equal (NUM-4.3 step 3; the ledger refuses the rest). */
export function isRefusedBody(body: string, residentCode: string): boolean {
  return isReserved(body) || body === residentCode || /^(\d)\1*$/.test(body);
}

/**
 * The bodies that KIBAN-NUM-1 offers for a resident code under one salt, attempt by attempt; the caller takes the first that the
 * ledger accepts, and returns the rest. Ends after 16 attempts (GENERATOR_FAULT). Destroys R, and each T_j (NUM-4.3 step 4).
 */
export function* candidateBodies(key: DrawKey, residentCode: string, salt: Buffer): Generator<string, void, void> {
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const digest = drawDigest(key, residentCode, salt, attempt);
      const body = readBody(digest);
      digest.fill(0);
      if (body !== undefined && !isRefusedBody(body, residentCode)) yield body;
    }
  } finally {
    salt.fill(0);
  }
}

/** Body and check digit (Order 85 art. 5; NUM-4.1). Throws InvalidValue FORMAT. */
export function numberOf(body: string): string {
  return body + checkDigitOfIndividualNumber(body);
}
