import type { Db, FieldCipher, Row } from '#platform';
import type { FeeClass } from '../inquiry/grant.js';
import type { LineFault, BatchState } from './batch.js';

export interface Batch extends Row {
  readonly batch_id: string;
  readonly institution: string;
  readonly organisation: string;
  readonly grant_id: string;
  readonly reference: string;
  /** Of a file of changes. */
  readonly subscription_id: string | null;
  readonly fee_class: FeeClass;
  readonly sha256: Buffer;
  readonly job_id: string;
  readonly state: BatchState;
  readonly lines: number;
  readonly answered: number;
  readonly hits: number;
  readonly unchanged: number;
  readonly repeated: number;
  readonly faulty: number;
  /** Lines that nobody could answer while the national server was closed (90). */
  readonly postponed: number;
  /** Of which moment the answers of a prefecture's copy are. */
  readonly as_of: Date | null;
  readonly result_sha256: Buffer | null;
  readonly version: number;
  readonly received_at: Date;
  readonly state_changed_at: Date;
}

export interface Chunk {
  readonly firstLine: number;
  readonly lines: readonly string[];
}

export interface BatchCounts {
  readonly answered: number;
  readonly hits: number;
  readonly unchanged: number;
  readonly repeated: number;
  readonly faulty: number;
  /** Negative when postponed lines were answered. */
  readonly postponed: number;
  readonly asOf?: Date | undefined;
}

export type NumberedFault = LineFault & { readonly line: number };

const SEALED = 'provision_batch_chunk.sealed';
const REST = 'provision_batch_rest.sealed';
const COLUMNS = `batch_id, institution, organisation, grant_id, reference, subscription_id, sha256, job_id, state, lines, answered, hits, unchanged, repeated, faulty, postponed, as_of, result_sha256,
  version, received_at, state_changed_at, (SELECT g.fee_class FROM provision_grant g WHERE g.grant_id = provision_batch.grant_id) AS fee_class`;

export class BatchStore {
  constructor(private readonly cipher: FieldCipher) {}

  async add(db: Db, batch: Pick<Batch, 'batch_id' | 'institution' | 'organisation' | 'grant_id' | 'reference' | 'subscription_id' | 'sha256' | 'job_id' | 'lines'>, at: Date): Promise<void> {
    await db.run(
      `INSERT INTO provision_batch (batch_id, institution, organisation, grant_id, reference, sha256, job_id, state, lines, version, received_at, state_changed_at, subscription_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 'ACCEPTED', $8, 1, $9, $9, $10)`,
      batch.batch_id, batch.institution, batch.organisation, batch.grant_id, batch.reference, batch.sha256, batch.job_id, batch.lines, at.toISOString(), batch.subscription_id,
    );
  }

  /** The organisation's batch of this reference; until the transaction ends nobody else adds one. */
  async byReference(db: Db, owner: { institution: string; organisation: string; reference: string }): Promise<Batch | undefined> {
    const { institution, organisation, reference } = owner;
    await db.many('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', `batch/${institution}/${organisation}/${reference}`);
    return db.maybe<Batch>(`SELECT ${COLUMNS} FROM provision_batch WHERE institution = $1 AND organisation = $2 AND reference = $3`, institution, organisation, reference);
  }

  async find(db: Db, batchId: string): Promise<Batch | undefined> {
    return db.maybe<Batch>(`SELECT ${COLUMNS} FROM provision_batch WHERE batch_id = $1`, batchId);
  }

  /** Newest first. */
  async list(db: Db, filter: { owner: { institution: string; organisation: string } | undefined; subscriptionId: string | undefined; state: BatchState | undefined; before: string | undefined; limit: number }): Promise<Batch[]> {
    return db.many<Batch>(
      `SELECT ${COLUMNS} FROM provision_batch WHERE ($1::text IS NULL OR (institution = $1 AND organisation = $2)) AND ($3::text IS NULL OR state = $3)
         AND ($6::uuid IS NULL OR subscription_id = $6) AND ($4::uuid IS NULL OR batch_id < $4) ORDER BY batch_id DESC LIMIT $5`,
      filter.owner?.institution ?? null, filter.owner?.organisation ?? null, filter.state ?? null, filter.before ?? null, filter.limit, filter.subscriptionId ?? null,
    );
  }

  async lock(db: Db, batchId: string): Promise<Batch | undefined> {
    return db.maybe<Batch>(`SELECT ${COLUMNS} FROM provision_batch WHERE batch_id = $1 FOR UPDATE`, batchId);
  }

  async requeue(db: Db, batchId: string, jobId: string): Promise<void> {
    await db.run('UPDATE provision_batch SET job_id = $2 WHERE batch_id = $1', batchId, jobId);
  }

  async setState(db: Db, batchId: string, { state, at, resultSha256 }: { state: BatchState; at: Date; resultSha256?: Buffer }): Promise<Batch> {
    return db.one<Batch>(
      `UPDATE provision_batch SET state = $2, version = version + 1, state_changed_at = $3, result_sha256 = coalesce($4, result_sha256),
         packaged_at = CASE WHEN $2 = 'PACKAGED' THEN $3 ELSE packaged_at END, receipted_at = CASE WHEN $2 = 'RECEIPT_CONFIRMED' THEN $3 ELSE receipted_at END
       WHERE batch_id = $1 RETURNING ${COLUMNS}`,
      batchId, state, at.toISOString(), resultSha256 ?? null,
    );
  }

  async advance(db: Db, batchId: string, counts: BatchCounts): Promise<void> {
    await db.run(
      `UPDATE provision_batch SET answered = answered + $2, hits = hits + $3, unchanged = unchanged + $4, faulty = faulty + $5, repeated = repeated + $6, postponed = postponed + $7,
         as_of = least(as_of, $8) WHERE batch_id = $1`,
      batchId, counts.answered, counts.hits, counts.unchanged, counts.faulty, counts.repeated, counts.postponed, counts.asOf?.toISOString() ?? null,
    );
  }

  async addChunks(db: Db, batchId: string, chunks: readonly Chunk[]): Promise<void> {
    for (const [chunk, { firstLine, lines }] of chunks.entries()) {
      await db.run(
        'INSERT INTO provision_batch_chunk (batch_id, chunk, first_line, lines, answered, sealed) VALUES ($1, $2, $3, $4, false, $5)',
        batchId, chunk, firstLine, lines.length, this.cipher.encrypt(SEALED, lines.join('\n')),
      );
    }
  }

  async chunk(db: Db, batchId: string, chunk: number, answered: boolean): Promise<Chunk | undefined> {
    const row = await db.maybe<{ first_line: number; lines: number; sealed: Buffer }>(
      'SELECT first_line, lines, sealed FROM provision_batch_chunk WHERE batch_id = $1 AND chunk = $2 AND answered = $3', batchId, chunk, answered,
    );
    if (row === undefined) return undefined;
    return { firstLine: row.first_line, lines: row.lines === 0 ? [] : this.cipher.decrypt(SEALED, row.sealed).split('\n') };
  }

  /** Lines that nobody asked for, as the next chunk. */
  async addLines(db: Db, batchId: string, lines: readonly string[], hits: number): Promise<void> {
    const chunk = await this.firstUnanswered(db, batchId);
    await db.run(
      `WITH added AS (INSERT INTO provision_batch_chunk (batch_id, chunk, first_line, lines, answered, sealed) SELECT $1, $2, lines + 1, $3, true, $4 FROM provision_batch WHERE batch_id = $1)
       UPDATE provision_batch SET lines = lines + $3, answered = answered + $3, hits = hits + $5 WHERE batch_id = $1`,
      batchId, chunk, lines.length, this.cipher.encrypt(SEALED, lines.join('\n')), hits,
    );
  }

  /**
   * How many of the persons were told with the same result by an earlier batch of the grant after `since`, and nothing was notified of
   * them since then; one probe of the person's use records and one of their notices each.
   */
  async repeated(db: Db, batch: Batch, told: readonly { readonly personKey: string; readonly resultCode: string }[], since: Date): Promise<number> {
    const { n } = await db.one<{ n: number }>(
      `SELECT count(*) AS n FROM unnest($1::uuid[], $2::text[]) AS asked (person_key, result_code) CROSS JOIN LATERAL (
         SELECT max(u.at) AS at FROM use_record u
         WHERE u.person_key = asked.person_key AND u.at >= $3::timestamptz AND u.at < $4::timestamptz AND u.grant_id = $5 AND u.mode = 'BATCH_LINE'
           AND replace(u.result_code, '01', '00') = replace(asked.result_code, '01', '00')) AS earlier
       WHERE earlier.at IS NOT NULL AND NOT EXISTS (
         SELECT FROM segment s JOIN change_notice n ON n.municipality_code = s.municipality_code AND n.person_key = s.person_key
         WHERE s.person_key = asked.person_key AND n.state = 'APPLIED' AND n.received_at >= earlier.at)`,
      told.map(({ personKey }) => personKey), told.map(({ resultCode }) => resultCode), since.toISOString(), batch.received_at.toISOString(), batch.grant_id,
    );
    return n;
  }

  /** The address before the present one of the present record of each person who had another, by person key. */
  async formerAddresses(db: Db, personKeys: readonly string[]): Promise<Map<string, string>> {
    const rows = await db.many<{ person_key: string; address: string }>(
      `SELECT DISTINCT ON (f.person_key) f.person_key, f.address FROM former_address f JOIN person p ON p.person_key = f.person_key AND p.municipality_code = f.municipality_code AND p.stay = f.stay
       WHERE f.person_key = ANY($1::uuid[]) ORDER BY f.person_key, f.person_seq DESC`, personKeys,
    );
    return new Map(rows.map(({ person_key: personKey, address }) => [personKey, address]));
  }

  /** The answers take the place of the questions. */
  async answer(db: Db, batchId: string, chunk: number, lines: readonly string[]): Promise<void> {
    await db.run(
      'UPDATE provision_batch_chunk SET answered = true, lines = $3, sealed = $4 WHERE batch_id = $1 AND chunk = $2',
      batchId, chunk, lines.length, this.cipher.encrypt(SEALED, lines.join('\n')),
    );
  }

  /** Questions of a chunk that could not be answered yet. */
  async postpone(db: Db, batchId: string, chunk: number, lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await db.run('INSERT INTO provision_batch_rest (batch_id, chunk, sealed) VALUES ($1, $2, $3)', batchId, chunk, this.cipher.encrypt(REST, lines.join('\n')));
  }

  /** The first chunk from `chunk` on that has such questions. */
  async rest(db: Db, batchId: string, chunk: number): Promise<{ readonly chunk: number; readonly lines: readonly string[] } | undefined> {
    const row = await db.maybe<{ chunk: number; sealed: Buffer }>('SELECT chunk, sealed FROM provision_batch_rest WHERE batch_id = $1 AND chunk >= $2 ORDER BY chunk LIMIT 1', batchId, chunk);
    return row === undefined ? undefined : { chunk: row.chunk, lines: this.cipher.decrypt(REST, row.sealed).split('\n') };
  }

  async dropRest(db: Db, batchId: string, chunk: number): Promise<void> {
    await db.run('DELETE FROM provision_batch_rest WHERE batch_id = $1 AND chunk = $2', batchId, chunk);
  }

  async firstUnanswered(db: Db, batchId: string): Promise<number> {
    const { chunk } = await db.one<{ chunk: number }>(
      'SELECT coalesce(min(chunk) FILTER (WHERE NOT answered), max(chunk) + 1, 0)::int AS chunk FROM provision_batch_chunk WHERE batch_id = $1', batchId,
    );
    return chunk;
  }

  async dropChunks(db: Db, batchId: string): Promise<void> {
    await db.run('WITH rest AS (DELETE FROM provision_batch_rest WHERE batch_id = $1) DELETE FROM provision_batch_chunk WHERE batch_id = $1', batchId);
  }

  async addFaults(db: Db, batchId: string, faults: readonly NumberedFault[]): Promise<void> {
    if (faults.length > 0) await db.copyIn('provision_batch_fault(batch_id, line, "column", code)', faults.map(({ line, column, code }) => [batchId, line, column ?? null, code]));
  }

  async faults(db: Db, batchId: string, page: { readonly after: number; readonly limit: number }): Promise<{ line: number; column: string | null; code: string }[]> {
    return db.many('SELECT line, "column", code FROM provision_batch_fault WHERE batch_id = $1 AND line > $2 ORDER BY line LIMIT $3', batchId, page.after, page.limit);
  }

  /** Batches whose result is to go: receipt, or packaging without one, before these moments. Locked; other workers skip them. */
  async due(db: Db, before: { readonly receipt: Date; readonly packaged: Date }): Promise<Batch[]> {
    return db.many<Batch>(
      `SELECT ${COLUMNS} FROM provision_batch WHERE (state = 'RECEIPT_CONFIRMED' AND state_changed_at < $1) OR (state IN ('PACKAGED', 'DELIVERED') AND packaged_at < $2)
       ORDER BY state_changed_at LIMIT 1000 FOR UPDATE SKIP LOCKED`,
      before.receipt.toISOString(), before.packaged.toISOString(),
    );
  }
}
