import { createCipheriv, createDecipheriv, randomBytes, randomFillSync } from 'node:crypto';
import type { KeptKey, KeyStore } from './key-store.js';
import { deriveKey } from './master-key.js';

const IV = 12;
const TAG = 16;

/**
 * Keys sealed (AES-256-GCM; iv, tag, ciphertext) under keys derived from the master key: for development and tests. Whoever has the
 * master key opens every copy, so a key is destroyed only with the last copy of its seal.
 */
export class SoftwareKeyStore implements KeyStore {
  readonly kind = 'SOFTWARE';

  constructor(private readonly master: Buffer) {}

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  random(block: Buffer): Buffer {
    return randomFillSync(block);
  }

  create(label: string): KeptKey {
    const iv = randomBytes(IV);
    const cipher = createCipheriv('aes-256-gcm', this.sealing(label), iv);
    const body = Buffer.concat([cipher.update(randomBytes(32)), cipher.final()]);
    return { label, sealed: Buffer.concat([iv, cipher.getAuthTag(), body]) };
  }

  open({ label, sealed }: KeptKey): Buffer {
    if (sealed === null) throw new Error('a key of the software store is sealed');
    const decipher = createDecipheriv('aes-256-gcm', this.sealing(label), sealed.subarray(0, IV), { authTagLength: TAG });
    decipher.setAuthTag(sealed.subarray(IV, IV + TAG));
    return Buffer.concat([decipher.update(sealed.subarray(IV + TAG)), decipher.final()]);
  }

  destroy(): void {
    // Nothing of a key is kept here.
  }

  close(): void {
    // Nothing is open.
  }

  private sealing(label: string): Buffer {
    return deriveKey(this.master, `key-store:${label}`);
  }
}
