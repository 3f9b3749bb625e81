import type { Db, Row } from '#platform';

/** A certificate of the agency's key for the lists of a prefecture. */
export interface SignerRow extends Row {
  /** Of the key that certified it. */
  readonly generation: number;
  readonly keyId: string;
  readonly certificate: Buffer;
  /** That the certificate is not revoked, for as long as it is needed. */
  readonly statusList: Buffer;
}

export class SignerStore {
  async add(db: Db, signer: SignerRow & { readonly prefecture: string; readonly at: Date; readonly by: string }): Promise<void> {
    await db.run(
      'INSERT INTO list_signer (prefecture, generation, key_id, certificate, status_list, issued_at, issued_by) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      signer.prefecture, signer.generation, signer.keyId, signer.certificate, signer.statusList, signer.at.toISOString(), signer.by,
    );
  }

  async ofPrefecture(db: Db, prefecture: string): Promise<SignerRow[]> {
    return db.many<SignerRow>('SELECT generation, key_id AS "keyId", certificate, status_list AS "statusList" FROM list_signer WHERE prefecture = $1 ORDER BY generation', prefecture);
  }

  /** Prefectures after one in order whose records the agency keeps alone. */
  async nextCutOver(db: Db, after: string): Promise<string | undefined> {
    const row = await db.maybe<{ prefecture: string }>("SELECT prefecture FROM migration_batch WHERE state = 'CUT_OVER' AND prefecture > $1 ORDER BY prefecture LIMIT 1", after);
    return row?.prefecture;
  }
}
