import type { Db, FieldCipher, JournalTable } from '#platform';
import { useRecords } from '../inquiry/inquiry.store.js';
import { type AppendedUse, textOfUse } from './use-log.js';

/** Uses of other contexts: with what a grant would say of them. */
export const appendedUses: JournalTable = { name: useRecords.name, columns: { ...useRecords.columns, institution: 'text', legal_basis: 'text', appended_at: 'timestamptz' } };

export class UseLogStore {
  constructor(private readonly cipher: FieldCipher) {}

  digest(use: AppendedUse): Buffer {
    return this.cipher.blindIndex('appended-use', textOfUse(use));
  }

  /** How many of the persons are on record. */
  async countKnown(db: Db, personKeys: readonly string[]): Promise<number> {
    return (await db.one<{ n: number }>('SELECT count(*) AS n FROM person WHERE person_key = ANY($1::uuid[])', personKeys)).n;
  }

  /** Claims the ids of a client; those that were new. Of two with one id in a message the first counts. */
  async claim(db: Db, client: string, recordIds: readonly string[], digests: readonly Buffer[]): Promise<Set<string>> {
    const fresh = await db.many<{ record_id: string }>(
      `INSERT INTO appended_use (client, record_id, digest) SELECT $1, u.record_id, u.digest FROM unnest($2::uuid[], $3::bytea[]) AS u (record_id, digest)
       ON CONFLICT DO NOTHING RETURNING record_id`,
      client, recordIds, digests,
    );
    return new Set(fresh.map(({ record_id: id }) => id));
  }

  /** Whether any id stands for something else. */
  async isReused(db: Db, client: string, recordIds: readonly string[], digests: readonly Buffer[]): Promise<boolean> {
    const other = await db.maybe(
      `SELECT 1 FROM unnest($2::uuid[], $3::bytea[]) AS u (record_id, digest) JOIN appended_use a ON a.client = $1 AND a.record_id = u.record_id WHERE a.digest <> u.digest LIMIT 1`,
      client, recordIds, digests,
    );
    return other !== undefined;
  }
}
