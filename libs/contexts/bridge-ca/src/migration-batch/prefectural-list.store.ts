import type { Db, Row } from '#platform';
import { KEPT_LISTS } from './prefectural-list.js';

export interface ListRow extends Row {
  readonly prefecture: string;
  readonly number: number;
  /** Key that signed it, hex. */
  readonly keyIdentifier: string;
  /** A regular one, by which the ends of certificates are told. */
  readonly scheduled: boolean;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly entries: number;
  readonly sha256: string;
}

export interface SignerRow extends Row {
  readonly generation: number;
  readonly keyId: string;
  readonly certificate: Buffer;
  /** That the certificate is not revoked, for as long as it is needed. */
  readonly statusList: Buffer;
}

const COLUMNS = 'prefecture, number, key_identifier AS "keyIdentifier", scheduled, this_update AS "thisUpdate", next_update AS "nextUpdate", entries, sha256';

export class ListStore {
  async publish(db: Db, list: ListRow, der: Buffer): Promise<void> {
    await db.run(
      'INSERT INTO prefectural_list (prefecture, number, key_identifier, scheduled, this_update, next_update, entries, sha256, der) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
      list.prefecture, list.number, list.keyIdentifier, list.scheduled, list.thisUpdate.toISOString(), list.nextUpdate.toISOString(), list.entries, list.sha256, der,
    );
    await db.run('DELETE FROM prefectural_list WHERE prefecture = $1 AND number <= $2', list.prefecture, list.number - KEPT_LISTS);
  }

  async last(db: Db, prefecture: string): Promise<ListRow | undefined> {
    return db.maybe<ListRow>(`SELECT ${COLUMNS} FROM prefectural_list WHERE prefecture = $1 ORDER BY number DESC LIMIT 1`, prefecture);
  }

  async lastScheduledAt(db: Db, prefecture: string): Promise<Date | undefined> {
    const row = await db.maybe<{ at: Date }>('SELECT this_update AS at FROM prefectural_list WHERE prefecture = $1 AND scheduled ORDER BY number DESC LIMIT 1', prefecture);
    return row?.at;
  }

  /** Of the key that is named, or the newest of all. */
  async current(db: Db, prefecture: string, keyIdentifier: string | undefined): Promise<(ListRow & { readonly der: Buffer }) | undefined> {
    return db.maybe(`SELECT ${COLUMNS}, der FROM prefectural_list WHERE prefecture = $1 AND ($2::text IS NULL OR key_identifier = $2) ORDER BY number DESC LIMIT 1`, prefecture, keyIdentifier ?? null);
  }

  /** False when the generation has certified one. */
  async addSigner(db: Db, signer: SignerRow & { readonly prefecture: string; readonly at: Date; readonly by: string }): Promise<boolean> {
    const added = await db.run(
      'INSERT INTO list_signer (prefecture, generation, key_id, certificate, status_list, issued_at, issued_by) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING',
      signer.prefecture, signer.generation, signer.keyId, signer.certificate, signer.statusList, signer.at.toISOString(), signer.by,
    );
    return added === 1;
  }

  async signers(db: Db, prefecture: string): Promise<SignerRow[]> {
    return db.many<SignerRow>('SELECT generation, key_id AS "keyId", certificate, status_list AS "statusList" FROM list_signer WHERE prefecture = $1 ORDER BY generation', prefecture);
  }

  /** Prefectures after one in order whose records the agency keeps alone. */
  async nextCutOver(db: Db, after: string): Promise<string | undefined> {
    const row = await db.maybe<{ prefecture: string }>("SELECT prefecture FROM migration_batch WHERE state = 'CUT_OVER' AND prefecture > $1 ORDER BY prefecture LIMIT 1", after);
    return row?.prefecture;
  }
}
