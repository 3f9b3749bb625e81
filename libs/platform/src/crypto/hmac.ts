import { hash } from 'node:crypto';

const BLOCK = 64;
const DIGEST = 32;

/**
 * HMAC-SHA-256 (RFC 2104) under one key of at most 64 octets, by Node's one-shot digest: for the short messages of a bulk load it
 * takes less than half the time of `createHmac`.
 */
export class HmacSha256 {
  private readonly inner: Buffer;
  private readonly outer = Buffer.alloc(BLOCK + DIGEST, 0x5c);

  constructor(key: Buffer, private readonly most = 1_024) {
    if (key.length > BLOCK) throw new RangeError('the key must have at most 64 octets');
    this.inner = Buffer.alloc(BLOCK + most, 0x36);
    for (const [index, octet] of key.entries()) {
      this.inner[index] = octet ^ 0x36;
      this.outer[index] = octet ^ 0x5c;
    }
  }

  /** 32 octets, one a character (encoding `binary`): as a string they cost no memory block of their own. */
  digest(message: string | Buffer): string {
    const length = Buffer.byteLength(message);
    const room = length <= this.most ? this.inner : Buffer.concat([this.inner.subarray(0, BLOCK), Buffer.alloc(length)]);
    if (typeof message === 'string') room.write(message, BLOCK);
    else message.copy(room, BLOCK);
    this.outer.write(hash('sha256', room.subarray(0, BLOCK + length), 'binary'), BLOCK, 'latin1');
    return hash('sha256', this.outer, 'binary');
  }
}
