import { createHmac } from 'node:crypto';
import { IndividualNumber } from '#kernel';

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

/** T_j of NUM-4.3: HMAC-SHA-256(K, "KIBAN-NUM-1" 00 C R j), 32 bytes. `key` has 32 bytes, `salt` 16. */
export function drawDigest(key: Buffer, residentCode: string, salt: Buffer, attempt: number): Buffer {
  const message = Buffer.allocUnsafe(LABEL.length + CODE_BYTES + SALT_BYTES + 4);
  LABEL.copy(message);
  message.write(residentCode, LABEL.length, 'latin1');
  salt.copy(message, LABEL.length + CODE_BYTES);
  message.writeUInt32BE(attempt, message.length - 4);
  return createHmac('sha256', key).update(message).digest();
}

/** Reads T_j as six 40-bit integers and takes the first below 10^12, modulo 10^11; undefined when none is (NUM-4.3 step 2). */
export function readBody(digest: Buffer): string | undefined {
  for (let index = 0; index < VALUES; index += 1) {
    const value = digest.readUIntBE(index * VALUE_BYTES, VALUE_BYTES);
    if (value < READABLE) return String(value % SPACE).padStart(11, '0');
  }
  return undefined;
}

/** Reserved prefix 99, the code itself, all digits equal (NUM-4.3 step 3; the ledger refuses the rest). */
export function isRefusedBody(body: string, residentCode: string): boolean {
  return body.startsWith('99') || body === residentCode || /^(\d)\1*$/.test(body);
}

/**
 * The bodies that KIBAN-NUM-1 offers for a resident code under one salt, attempt by attempt; the caller takes the first that the
 * ledger accepts. Ends after 16 attempts (GENERATOR_FAULT).
 */
export function* candidateBodies(key: Buffer, residentCode: string, salt: Buffer): Generator<string, void, void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const body = readBody(drawDigest(key, residentCode, salt, attempt));
    if (body !== undefined && !isRefusedBody(body, residentCode)) yield body;
  }
}

/** Body and check digit (Order 85 art. 5; NUM-4.1). */
export function numberOf(body: string): string {
  return IndividualNumber.fromBody(body).reveal();
}
