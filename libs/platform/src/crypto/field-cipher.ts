import { createCipheriv, createDecipheriv, createSecretKey, randomFillSync, type KeyObject } from 'node:crypto';
import { HmacSha256 } from './hmac.js';
import { deriveKey } from './master-key.js';

const TEXT = 1;
const OCTETS = 2;
const IV = 12;
const TAG = 16;
const INDEX = 16;

/** Random bytes are drawn in blocks: one system call for hundreds of initialisation vectors. */
const pool = Buffer.alloc(IV * 512);
let poolUsed = pool.length;

function nextIv(): Buffer {
  if (poolUsed === pool.length) {
    randomFillSync(pool);
    poolUsed = 0;
  }
  poolUsed += IV;
  return pool.subarray(poolUsed - IV, poolUsed);
}

/** The name of a column, of octets with their version: what was sealed as one is never opened as the other. */
const boundTo = (version: number, column: string): Buffer => Buffer.from(version === TEXT ? column : `${version}:${column}`);

/**
 * Encryption of single columns (AES-256-GCM; layout: version, iv, tag, ciphertext; version 1 is text, 2 octets) and their keyed blind index for look-up
 * (HMAC-SHA-256, 16 bytes). The column's name is bound in as additional data, so that a value moved to another column is refused.
 */
export class FieldCipher {
  private readonly key: KeyObject;
  private readonly indexes: HmacSha256;

  constructor(master: Buffer, context: string) {
    this.key = createSecretKey(deriveKey(master, `field:${context}`));
    this.indexes = new HmacSha256(deriveKey(master, `blind-index:${context}`));
  }

  encrypt(column: string, plain: string): Buffer {
    return this.seal(TEXT, column, plain);
  }

  encryptOctets(column: string, plain: Buffer): Buffer {
    return this.seal(OCTETS, column, plain);
  }

  decrypt(column: string, sealed: Buffer): string {
    if (sealed[0] !== TEXT) throw new Error('not the encrypted text of a field');
    return this.open(TEXT, column, sealed).toString('utf8');
  }

  /** Also of octets that were sealed as the text of their Base64, as all were once. */
  decryptOctets(column: string, sealed: Buffer): Buffer {
    if (sealed[0] === TEXT) return Buffer.from(this.decrypt(column, sealed), 'base64');
    if (sealed[0] !== OCTETS) throw new Error('unknown version of an encrypted field');
    return this.open(OCTETS, column, sealed);
  }

  private seal(version: number, column: string, plain: string | Buffer): Buffer {
    const iv = nextIv();
    const cipher = createCipheriv('aes-256-gcm', this.key, iv);
    cipher.setAAD(boundTo(version, column));
    const body = typeof plain === 'string' ? cipher.update(plain, 'utf8') : cipher.update(plain);
    cipher.final();
    const sealed = Buffer.allocUnsafe(1 + IV + TAG + body.length);
    sealed[0] = version;
    iv.copy(sealed, 1);
    cipher.getAuthTag().copy(sealed, 1 + IV);
    body.copy(sealed, 1 + IV + TAG);
    return sealed;
  }

  private open(version: number, column: string, sealed: Buffer): Buffer {
    const decipher = createDecipheriv('aes-256-gcm', this.key, sealed.subarray(1, 1 + IV));
    decipher.setAAD(boundTo(version, column));
    decipher.setAuthTag(sealed.subarray(1 + IV, 1 + IV + TAG));
    const plain = decipher.update(sealed.subarray(1 + IV + TAG));
    decipher.final();
    return plain;
  }

  /** Equal values of one kind have equal indexes; without the key nothing can be learned or searched. */
  blindIndex(kind: string, value: string): Buffer {
    return Buffer.from(this.indexes.digest(`${kind}\0${value}`).slice(0, INDEX), 'latin1');
  }
}
