import { createCipheriv, createDecipheriv, createSecretKey, randomFillSync, type KeyObject } from 'node:crypto';
import { HmacSha256 } from './hmac.js';
import { deriveKey } from './master-key.js';

const VERSION = 1;
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

/**
 * Encryption of single columns (AES-256-GCM; layout: version, iv, tag, ciphertext) and their keyed blind index for look-up
 * (HMAC-SHA-256, 16 bytes). The column's name is bound in as additional data, so that a value moved to another column is refused.
 */
export class FieldCipher {
  private readonly key: KeyObject;
  private readonly indexes: HmacSha256;
  private readonly columns = new Map<string, Buffer>();

  constructor(master: Buffer, context: string) {
    this.key = createSecretKey(deriveKey(master, `field:${context}`));
    this.indexes = new HmacSha256(deriveKey(master, `blind-index:${context}`));
  }

  encrypt(column: string, plain: string): Buffer {
    const iv = nextIv();
    const cipher = createCipheriv('aes-256-gcm', this.key, iv);
    cipher.setAAD(this.boundTo(column));
    const body = cipher.update(plain, 'utf8');
    cipher.final();
    const sealed = Buffer.allocUnsafe(1 + IV + TAG + body.length);
    sealed[0] = VERSION;
    iv.copy(sealed, 1);
    cipher.getAuthTag().copy(sealed, 1 + IV);
    body.copy(sealed, 1 + IV + TAG);
    return sealed;
  }

  decrypt(column: string, sealed: Buffer): string {
    if (sealed[0] !== VERSION) throw new Error('unknown version of an encrypted field');
    const decipher = createDecipheriv('aes-256-gcm', this.key, sealed.subarray(1, 1 + IV));
    decipher.setAAD(this.boundTo(column));
    decipher.setAuthTag(sealed.subarray(1 + IV, 1 + IV + TAG));
    return decipher.update(sealed.subarray(1 + IV + TAG), undefined, 'utf8') + decipher.final('utf8');
  }

  private boundTo(column: string): Buffer {
    const known = this.columns.get(column);
    if (known !== undefined) return known;
    const bytes = Buffer.from(column);
    this.columns.set(column, bytes);
    return bytes;
  }

  /** Equal values of one kind have equal indexes; without the key nothing can be learned or searched. */
  blindIndex(kind: string, value: string): Buffer {
    return Buffer.from(this.indexes.digest(`${kind}\0${value}`).slice(0, INDEX), 'latin1');
  }
}
