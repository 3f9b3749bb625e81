import { createHash } from 'node:crypto';
import type { SigningKey } from './signing-key.js';

/** What is told of each signature of a key, with the SHA-256 of what is signed. */
export interface SignatureWatch {
  /** What it throws prevents the signature. */
  before?(sha256: Buffer): Promise<void>;
  after?(): void;
}

/** The key, of which each signature is told: before it is made, after it is made. */
export function watchedKey(key: SigningKey, { before, after }: SignatureWatch): SigningKey {
  const told = async (sha256: () => Buffer, sign: () => Promise<Buffer>): Promise<Buffer> => {
    await before?.(sha256());
    const signature = await sign();
    after?.();
    return signature;
  };
  return {
    ...key,
    sign: (tbs) => told(() => createHash('sha256').update(tbs).digest(), () => key.sign(tbs)),
    signDigest: (sha256) => told(() => sha256, () => key.signDigest(sha256)),
  };
}
