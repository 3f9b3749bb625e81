import type { Db, FieldCipher, Row } from '#platform';
import type { LineChunk } from './file-lines.js';
import { KEPT_FAULTS, type BatchState, type Continuity, type DoubleRun } from './migration-batch.js';
import type { CodeChange } from './municipality-succession.js';

export interface BatchRow extends Row {
  readonly id: string;
  readonly prefecture: string;
  readonly continuity: Continuity;
  readonly state: BatchState;
  /** DER of the certificate by which the prefecture signs its file and its acceptance. */
  readonly signer: Buffer;
  readonly uploadId: string | null;
  readonly fileSha256: Buffer | null;
  readonly lines: number | null;
  readonly trailer: string | null;
  /** The last list that the former system issued: number, digest, thisUpdate, entries. */
  readonly listNumber: number | null;
  readonly listSha256: Buffer | null;
  readonly listAt: Date | null;
  readonly listEntries: number | null;
  readonly jobId: string | null;
  /** All of them; the first ones are kept. */
  readonly faults: number;
  /** Canonical JSON that the prefecture signs. */
  readonly statement: string | null;
  readonly acceptance: Buffer | null;
  readonly acceptedBy: string | null;
  /** Events told so far. */
  readonly told: number;
  readonly plannedBy: string;
  readonly plannedAt: Date;
}

/** A difference: of a line, of the trailer, or of a serial in a list. */
export interface BatchFault {
  readonly line: number | null;
  readonly column: string | null;
  readonly code: string;
  readonly serial: string | null;
}

/** With the former system's list of the day. */
export interface DoubleRunEntry extends DoubleRun {
  readonly listNumber: number;
  readonly listAt: Date;
  readonly entries: number;
}

const COLUMNS = `id, prefecture, continuity, state, signer, upload_id AS "uploadId", file_sha256 AS "fileSha256", lines, trailer, list_number AS "listNumber", list_sha256 AS "listSha256",
  list_at AS "listAt", list_entries AS "listEntries", job_id AS "jobId", faults, statement, acceptance, accepted_by AS "acceptedBy", told, planned_by AS "plannedBy", planned_at AS "plannedAt"`;
const SEALED_LINES = 'migration_chunk.sealed';

export class BatchStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** False when the prefecture has one that was not rejected. */
  async add(db: Db, batch: Pick<BatchRow, 'id' | 'prefecture' | 'continuity' | 'signer' | 'plannedBy' | 'plannedAt'>): Promise<boolean> {
    const added = await db.run(
      `INSERT INTO migration_batch (id, prefecture, continuity, state, signer, planned_by, planned_at, changed_at) VALUES ($1, $2, $3, 'PLANNED', $4, $5, $6, $6)
       ON CONFLICT (prefecture) WHERE state <> 'REJECTED' DO NOTHING`,
      batch.id, batch.prefecture, batch.continuity, batch.signer, batch.plannedBy, batch.plannedAt.toISOString(),
    );
    return added === 1;
  }

  async find(db: Db, id: string): Promise<BatchRow | undefined> {
    return db.maybe<BatchRow>(`SELECT ${COLUMNS} FROM migration_batch WHERE id = $1`, id);
  }

  async lock(db: Db, id: string): Promise<BatchRow | undefined> {
    return db.maybe<BatchRow>(`SELECT ${COLUMNS} FROM migration_batch WHERE id = $1 FOR UPDATE`, id);
  }

  /** That of a prefecture that was not rejected. */
  async ofPrefecture(db: Db, prefecture: string): Promise<BatchRow | undefined> {
    return db.maybe<BatchRow>(`SELECT ${COLUMNS} FROM migration_batch WHERE prefecture = $1 AND state <> 'REJECTED'`, prefecture);
  }

  /** The newest first; ids rise with time. */
  async list(db: Db, filter: { prefecture: string | undefined; before: string | undefined; limit: number }): Promise<BatchRow[]> {
    return db.many<BatchRow>(
      `SELECT ${COLUMNS} FROM migration_batch WHERE ($1::text IS NULL OR prefecture = $1) AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
      filter.prefecture ?? null, filter.before ?? null, filter.limit,
    );
  }

  async save(db: Db, batch: BatchRow, at: Date): Promise<void> {
    await db.run(
      `UPDATE migration_batch SET state = $2, upload_id = $3, file_sha256 = $4, lines = $5, trailer = $6, list_number = $7, list_sha256 = $8, list_at = $9, list_entries = $10,
         job_id = $11, statement = $12, acceptance = $13, accepted_by = $14, told = $15, changed_at = $16 WHERE id = $1`,
      batch.id, batch.state, batch.uploadId, batch.fileSha256, batch.lines, batch.trailer, batch.listNumber, batch.listSha256, batch.listAt?.toISOString() ?? null, batch.listEntries,
      batch.jobId, batch.statement, batch.acceptance, batch.acceptedBy, batch.told, at.toISOString(),
    );
  }

  async addChunk(db: Db, place: { uploadId: string; chunk: number; at: Date }, { firstLine, lines }: LineChunk): Promise<void> {
    await db.run(
      'INSERT INTO migration_chunk (upload_id, chunk, first_line, sealed, received_at) VALUES ($1, $2, $3, $4, $5)',
      place.uploadId, place.chunk, firstLine, this.cipher.encrypt(SEALED_LINES, lines.join('\n')), place.at.toISOString(),
    );
  }

  async chunk(db: Db, uploadId: string, chunk: number): Promise<LineChunk | undefined> {
    const row = await db.maybe<{ firstLine: number; sealed: Buffer }>('SELECT first_line AS "firstLine", sealed FROM migration_chunk WHERE upload_id = $1 AND chunk = $2', uploadId, chunk);
    return row === undefined ? undefined : { firstLine: row.firstLine, lines: this.cipher.decrypt(SEALED_LINES, row.sealed).split('\n') };
  }

  async dropChunk(db: Db, uploadId: string, chunk: number): Promise<void> {
    await db.run('DELETE FROM migration_chunk WHERE upload_id = $1 AND chunk = $2', uploadId, chunk);
  }

  async dropChunks(db: Db, uploadId: string): Promise<void> {
    await db.run('DELETE FROM migration_chunk WHERE upload_id = $1', uploadId);
  }

  /** Chunks of uploads that broke off or were replaced. */
  async dropOrphans(db: Db, receivedBefore: Date): Promise<number> {
    return db.run(
      `DELETE FROM migration_chunk c WHERE received_at < $1 AND NOT EXISTS (SELECT 1 FROM migration_batch b WHERE b.upload_id = c.upload_id AND b.file_sha256 IS NOT NULL)`,
      receivedBefore.toISOString(),
    );
  }

  /** Counts all and keeps the first ones, in the order in which they were found. */
  async addFaults(db: Db, batchId: string, faults: readonly BatchFault[], total = faults.length): Promise<void> {
    if (total === 0) return;
    const { before } = await db.one<{ before: number }>('UPDATE migration_batch SET faults = faults + $2 WHERE id = $1 RETURNING faults - $2 AS before', batchId, total);
    const kept = faults.slice(0, Math.max(0, KEPT_FAULTS - before));
    if (kept.length > 0) {
      await db.copyIn('migration_fault(batch_id, number, line, "column", code, serial)', kept.map(({ line, column, code, serial }, index) => [batchId, before + index + 1, line, column, code, serial]));
    }
  }

  async faults(db: Db, batchId: string, page: { after: number; limit: number }): Promise<(BatchFault & { readonly number: number })[]> {
    return db.many<BatchFault & { number: number } & Row>(
      'SELECT number, line, "column", code, serial FROM migration_fault WHERE batch_id = $1 AND number > $2 ORDER BY number LIMIT $3', batchId, page.after, page.limit,
    );
  }

  /** The last comparison of a day counts. */
  async addDoubleRun(db: Db, batchId: string, run: DoubleRunEntry & { readonly at: Date; readonly by: string }): Promise<void> {
    await db.run(
      `INSERT INTO double_run (batch_id, day, list_number, list_at, entries, differences, compared_at, compared_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (batch_id, day) DO UPDATE SET list_number = excluded.list_number, list_at = excluded.list_at, entries = excluded.entries, differences = excluded.differences,
         compared_at = excluded.compared_at, compared_by = excluded.compared_by`,
      batchId, run.day, run.listNumber, run.listAt.toISOString(), run.entries, run.differences, run.at.toISOString(), run.by,
    );
  }

  async doubleRuns(db: Db, batchId: string): Promise<DoubleRunEntry[]> {
    return db.many<DoubleRunEntry & Row>('SELECT day, list_number AS "listNumber", list_at AS "listAt", entries, differences FROM double_run WHERE batch_id = $1 ORDER BY day', batchId);
  }

  async addCodeChanges(db: Db, changes: readonly CodeChange[]): Promise<void> {
    await db.run(
      'INSERT INTO municipality_code_change (old_code, new_code, effective_date) SELECT * FROM unnest($1::text[], $2::text[], $3::date[]) ON CONFLICT DO NOTHING',
      changes.map(({ oldCode }) => oldCode), changes.map(({ newCode }) => newCode), changes.map(({ effectiveDate }) => effectiveDate),
    );
  }

  /** Of codes of a prefecture. */
  async codeChanges(db: Db, prefecture: string): Promise<CodeChange[]> {
    return db.many<CodeChange & Row>('SELECT old_code AS "oldCode", new_code AS "newCode", effective_date AS "effectiveDate" FROM municipality_code_change WHERE starts_with(old_code, $1)', prefecture);
  }
}
