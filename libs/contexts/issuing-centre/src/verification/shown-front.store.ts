import { createHash, randomBytes } from 'node:crypto';
import type { Db, FieldCipher, Row } from '#platform';

/** CARD-4.16. */
export const SHOWN_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;
/** Verifications of one client in an hour. */
const MOST_AN_HOUR = 20;
const IMAGE = 'shown_front.image';

/** Decoded fronts while they are shown, and how often a client has asked. */
export class ShownFrontStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** The token by which the image is had until it expires; only its hash is kept. */
  async show(db: Db, image: Buffer, now: Date): Promise<{ readonly token: string; readonly expiresAt: Date }> {
    const token = randomBytes(32).toString('base64url');
    const expiresAt = new Date(now.getTime() + SHOWN_MS);
    await db.run('INSERT INTO shown_front (token_hash, image, expires_at) VALUES ($1, $2, $3)', hashOf(token), this.cipher.encryptOctets(IMAGE, image), expiresAt.toISOString());
    return { token, expiresAt };
  }

  async find(db: Db, token: string, now: Date): Promise<Buffer | undefined> {
    const row = await db.maybe<Row & { readonly image: Buffer }>('SELECT image FROM shown_front WHERE token_hash = $1 AND expires_at > $2', hashOf(token), now.toISOString());
    return row && this.cipher.decryptOctets(IMAGE, row.image);
  }

  /** Counts a verification; false when the client has used up its hour. */
  async countUse(db: Db, address: string, now: Date): Promise<boolean> {
    const counted = await db.run(
      `INSERT INTO verification_use AS v (client, since, used) VALUES ($1, $2, 1)
       ON CONFLICT (client) DO UPDATE SET used = CASE WHEN v.since > $3 THEN v.used + 1 ELSE 1 END, since = CASE WHEN v.since > $3 THEN v.since ELSE excluded.since END
       WHERE v.used < $4 OR v.since <= $3`,
      this.cipher.blindIndex('verification client', address), now.toISOString(), new Date(now.getTime() - HOUR_MS).toISOString(), MOST_AN_HOUR,
    );
    return counted === 1;
  }

  async hasExpired(db: Db, now: Date): Promise<boolean> {
    return (await db.maybe('SELECT 1 FROM shown_front WHERE expires_at <= $1 UNION ALL SELECT 1 FROM verification_use WHERE since <= $2 LIMIT 1', now.toISOString(), new Date(now.getTime() - HOUR_MS).toISOString())) !== undefined;
  }

  async dropExpired(db: Db, now: Date): Promise<void> {
    await db.run('DELETE FROM shown_front WHERE expires_at <= $1', now.toISOString());
    await db.run('DELETE FROM verification_use WHERE since <= $1', new Date(now.getTime() - HOUR_MS).toISOString());
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
