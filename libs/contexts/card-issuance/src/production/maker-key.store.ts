import type { Db } from '#platform';

/** Certificates of the makers' keys. */
export class MakerKeyStore {
  /** A certificate that is known stays as it was registered. */
  async add(db: Db, key: { readonly keyId: string; readonly maker: string; readonly certificate: Buffer; readonly by: string }, now: Date): Promise<void> {
    await db.run(
      'INSERT INTO maker_key (key_id, maker, certificate, registered_by, registered_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING',
      key.keyId, key.maker, key.certificate, key.by, now.toISOString(),
    );
  }

  /** The newest key of a maker: batches that are sealed from now on are encrypted for it. */
  async newest(db: Db, maker: string): Promise<string | undefined> {
    return (await db.maybe<{ keyId: string }>('SELECT key_id AS "keyId" FROM maker_key WHERE maker = $1 ORDER BY registered_at DESC, key_id LIMIT 1', maker))?.keyId;
  }

  async certificate(db: Db, keyId: string): Promise<Buffer | undefined> {
    return (await db.maybe<{ certificate: Buffer }>('SELECT certificate FROM maker_key WHERE key_id = $1', keyId))?.certificate;
  }
}
