import { createHash, verify, type KeyObject } from 'node:crypto';

/** Octets of a nonce. */
export const NONCE_OCTETS = 32;

/** What the card signs (CARD-4.15 step 2), RSASSA-PKCS1-v1_5 with SHA-256: the request, its nonce and the municipality that is asked. */
export function challengeOf(requestId: string, nonce: Buffer, municipalityCode: string): Buffer {
  return Buffer.from(`KIBAN-KIOSK-1\n${requestId}\n${nonce.toString('hex')}\n${municipalityCode}\n`);
}

export function challengeHash(challenge: Buffer): string {
  return createHash('sha256').update(challenge).digest('hex');
}

/** Whether the card of this key signed the challenge; other kinds of keys are no cards. */
export function isSignedBy(challenge: Buffer, signature: Buffer, key: KeyObject): boolean {
  return key.asymmetricKeyType === 'rsa' && verify('sha256', challenge, key, signature);
}
