import { createHash, timingSafeEqual } from 'node:crypto';
import type { Mac } from '#platform';

/**
 * Work instead of a picture to read: a browser finds the solution within a second, also for those who cannot see a captcha, and no
 * third party learns of it; whoever guesses IDs pays for each guess (CARD-5, CARD-7). Nothing is stored: the challenge proves itself.
 */
export const CHALLENGE_BITS = 16;
const VALID_MS = 10 * 60_000;

export interface Solution {
  readonly challenge?: string | undefined;
  readonly nonce?: string | undefined;
}

/** `<milliseconds>.<mac>`: made for one subject, valid for ten minutes. */
export function makeChallenge(mac: Mac, subject: string, now: Date): string {
  return `${now.getTime()}.${proofOf(mac, subject, String(now.getTime())).toString('hex')}`;
}

/** Whether SHA-256 of `<challenge>.<nonce>` begins with 16 zero bits and the challenge was made for this subject within ten minutes. */
export function isSolved(mac: Mac, subject: string, { challenge, nonce }: Solution, now: Date): boolean {
  const [, made = '', proof = ''] = /^(\d{13})\.([0-9a-f]{64})$/.exec(challenge ?? '') ?? [];
  if (proof === '' || nonce === undefined) return false;
  const age = now.getTime() - Number(made);
  if (age < 0 || age > VALID_MS || !timingSafeEqual(proofOf(mac, subject, made), Buffer.from(proof, 'hex'))) return false;
  return createHash('sha256').update(`${challenge}.${nonce}`).digest().readUInt32BE() >>> (32 - CHALLENGE_BITS) === 0;
}

function proofOf(mac: Mac, subject: string, made: string): Buffer {
  return mac(Buffer.from(`application-challenge\0${subject}\0${made}`));
}
