import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const [IV, TAG] = [12, 16];

/** The front as the municipality made it, and the back that the centre adds; PDF. */
export interface Content {
  readonly front: Buffer;
  readonly back: Buffer;
}

/**
 * Seals content under a key of one request (CARD-4.17): made of what the kiosk holds and of the centre's key, so that neither the database with
 * the centre's keys, nor a kiosk without the database, opens it. When the kiosk forgets its half, the content is gone for good.
 */
export class ContentSeal {
  constructor(private readonly centreKey: Buffer) {}

  seal(requestId: string, contentKey: string, { front, back }: Content): Buffer {
    const iv = randomBytes(IV);
    const cipher = createCipheriv('aes-256-gcm', this.keyOf(requestId, contentKey), iv);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(front.length);
    const body = Buffer.concat([cipher.update(Buffer.concat([length, front, back])), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), body]);
  }

  /** Undefined by another key. */
  open(requestId: string, contentKey: string, sealed: Buffer): Content | undefined {
    const decipher = createDecipheriv('aes-256-gcm', this.keyOf(requestId, contentKey), sealed.subarray(0, IV));
    decipher.setAuthTag(sealed.subarray(IV, IV + TAG));
    const plain = decipher.update(sealed.subarray(IV + TAG));
    try {
      decipher.final();
    } catch {
      return undefined;
    }
    const end = 4 + plain.readUInt32BE(0);
    return { front: plain.subarray(4, end), back: plain.subarray(end) };
  }

  private keyOf(requestId: string, contentKey: string): Buffer {
    return Buffer.from(hkdfSync('sha256', Buffer.concat([this.centreKey, Buffer.from(contentKey, 'hex')]), '', `certificate-content:${requestId}`, 32));
  }
}
