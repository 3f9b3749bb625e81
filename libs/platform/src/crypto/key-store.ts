import { HmacSha256 } from './hmac.js';

/** HMAC-SHA-256 of a message under a key that stays where it is. */
export type Mac = (message: Buffer) => Buffer;

/** A key for HMAC-SHA-256: its 32 bytes where it was sealed, else what computes with it. */
export type MacKey = Buffer | Mac;

/** What computes with the key, wherever it is. */
export function macOf(key: MacKey): Mac {
  if (typeof key === 'function') return key;
  const hmac = new HmacSha256(key);
  return (message) => Buffer.from(hmac.digest(message), 'binary');
}

/** Where a key is: in the store under its label, or sealed by the store and kept by the caller. */
export interface KeptKey {
  readonly label: string;
  readonly sealed: Buffer | null;
}

/**
 * Where keys are made, kept and destroyed: in software for development, in a PKCS#11 token otherwise. A store that cannot be reached
 * refuses UNAVAILABLE; there is no other source of keys or random bytes in its place.
 */
export interface KeyStore {
  readonly kind: 'SOFTWARE' | 'PKCS11';
  /** Once before anything else. Throws ConfigFault when the settings are wrong; a store that is away only now is asked again later. */
  prepare(): Promise<void>;
  /** Fills the block from the store's own generator. */
  random(block: Buffer): Buffer;
  /**
   * Makes a key for HMAC-SHA-256. One that is not `sealed` never leaves the token; a store without a token seals every key. Repeated
   * for a label, as after a kill, it finds what it made.
   */
  create(label: string, sealed: boolean): KeptKey;
  open(key: KeptKey): MacKey;
  /** Destroys the key with what unseals it, and makes sure that it is gone. The caller forgets what it keeps. */
  destroy(key: KeptKey): void;
  close(): void;
}
