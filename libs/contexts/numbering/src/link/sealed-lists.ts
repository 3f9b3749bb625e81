import type { Db } from '#platform';

/** What a caller names as the reason to read many links at once. */
export type NamedList = { readonly setId: string } | { readonly productionBatchId: string };

/** Lists and batches that are sealed, so that nobody is added to them any more (NUM-4.9). */
export class SealedLists {
  /** A production batch that card-issuance has sealed; known once. */
  async add(db: Db, batchId: string, records: number): Promise<void> {
    await db.run('INSERT INTO production_batch (batch_id, records) VALUES ($1, $2) ON CONFLICT DO NOTHING', batchId, records);
  }

  /** Whether the list was handed over and names every one of these people, or the batch is sealed and has room for them. */
  async names(db: Db, list: NamedList, personKeys: readonly string[]): Promise<boolean> {
    const people = [...new Set(personKeys)];
    if ('productionBatchId' in list) return (await db.maybe('SELECT FROM production_batch WHERE batch_id = $1 AND records >= $2', list.productionBatchId, people.length)) !== undefined;
    const { named } = await db.one<{ named: number }>(
      `SELECT count(*)::int AS named FROM delivery_target WHERE set_id = $1 AND person_key = ANY($2::uuid[])
         AND EXISTS (SELECT FROM delivery_target_set s WHERE s.set_id = $1 AND s.handed_at IS NOT NULL)`,
      list.setId, people,
    );
    return named === people.length;
  }
}
