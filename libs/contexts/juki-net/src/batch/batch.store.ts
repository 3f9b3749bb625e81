import type { Db, FieldCipher, Row } from '#platform';
import type { LineFault, BatchState } from './batch.js';

export interface Batch extends Row {
  readonly batch_id: string;
  readonly institution: string;
  readonly organisation: string;
  readonly grant_id: string;
  readonly reference: string;
  readonly sha256: Buffer;
  readonly job_id: string;
  readonly state: BatchState;
  readonly lines: number;
  readonly answered: number;
  readonly hits: number;
  readonly unchanged: number;
  readonly faulty: number;
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
  readonly faulty: number;
}

export type NumberedFault = LineFault & { readonly line: number };

const SEALED = 'provision_batch_chunk.sealed';
const COLUMNS = `batch_id, institution, organisation, grant_id, reference, sha256, job_id, state, lines, answered, hits, unchanged, faulty, result_sha256, version,
  received_at, state_changed_at`;

export class BatchStore {
  constructor(private readonly cipher: FieldCipher) {}

  async add(db: Db, batch: Pick<Batch, 'batch_id' | 'institution' | 'organisation' | 'grant_id' | 'reference' | 'sha256' | 'job_id' | 'lines'>, at: Date): Promise<void> {
    await db.run(
      `INSERT INTO provision_batch (batch_id, institution, organisation, grant_id, reference, sha256, job_id, state, lines, version, received_at, state_changed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 'ACCEPTED', $8, 1, $9, $9)`,
      batch.batch_id, batch.institution, batch.organisation, batch.grant_id, batch.reference, batch.sha256, batch.job_id, batch.lines, at.toISOString(),
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
  async list(db: Db, filter: { owner: { institution: string; organisation: string } | undefined; state: BatchState | undefined; before: string | undefined; limit: number }): Promise<Batch[]> {
    return db.many<Batch>(
      `SELECT ${COLUMNS} FROM provision_batch WHERE ($1::text IS NULL OR (institution = $1 AND organisation = $2)) AND ($3::text IS NULL OR state = $3)
         AND ($4::uuid IS NULL OR batch_id < $4) ORDER BY batch_id DESC LIMIT $5`,
      filter.owner?.institution ?? null, filter.owner?.organisation ?? null, filter.state ?? null, filter.before ?? null, filter.limit,
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
      `UPDATE provision_batch SET state = $2, version = version + 1, state_changed_at = $3, result_sha256 = coalesce($4, result_sha256) WHERE batch_id = $1 RETURNING ${COLUMNS}`,
      batchId, state, at.toISOString(), resultSha256 ?? null,
    );
  }

  async advance(db: Db, batchId: string, counts: BatchCounts): Promise<void> {
    await db.run(
      'UPDATE provision_batch SET answered = answered + $2, hits = hits + $3, unchanged = unchanged + $4, faulty = faulty + $5 WHERE batch_id = $1',
      batchId, counts.answered, counts.hits, counts.unchanged, counts.faulty,
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

  /** The answers take the place of the questions. */
  async answer(db: Db, batchId: string, chunk: number, lines: readonly string[]): Promise<void> {
    await db.run(
      'UPDATE provision_batch_chunk SET answered = true, lines = $3, sealed = $4 WHERE batch_id = $1 AND chunk = $2',
      batchId, chunk, lines.length, this.cipher.encrypt(SEALED, lines.join('\n')),
    );
  }

  async firstUnanswered(db: Db, batchId: string): Promise<number> {
    const { chunk } = await db.one<{ chunk: number }>(
      'SELECT coalesce(min(chunk) FILTER (WHERE NOT answered), max(chunk) + 1, 0)::int AS chunk FROM provision_batch_chunk WHERE batch_id = $1', batchId,
    );
    return chunk;
  }

  async dropChunks(db: Db, batchId: string): Promise<void> {
    await db.run('DELETE FROM provision_batch_chunk WHERE batch_id = $1', batchId);
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
      `SELECT ${COLUMNS} FROM provision_batch WHERE (state = 'RECEIPT_CONFIRMED' AND state_changed_at < $1) OR (state IN ('PACKAGED', 'DELIVERED') AND state_changed_at < $2)
       ORDER BY state_changed_at LIMIT 1000 FOR UPDATE SKIP LOCKED`,
      before.receipt.toISOString(), before.packaged.toISOString(),
    );
  }
}
