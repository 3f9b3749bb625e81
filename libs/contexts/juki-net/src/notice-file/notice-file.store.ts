import type { Db, FieldCipher, Row } from '#platform';
import type { LineChunk } from './line-chunks.js';

export const FILE_STATES = ['QUEUED', 'RUNNING', 'COMPLETED'] as const;

/** Rows of a file by what became of them. */
export interface FileCounts {
  readonly applied: number;
  readonly repeated: number;
  readonly held: number;
  readonly quarantined: number;
  readonly rejected: number;
}

export interface NoticeFile extends Row, FileCounts {
  readonly file_id: string;
  readonly municipality_code: string;
  readonly job_id: string;
  readonly state: (typeof FILE_STATES)[number];
  readonly rows: number;
}

/** A row that was not taken in: line (the header is line 1), column unless the whole row is meant, code. */
export interface FileFault {
  readonly line: number;
  readonly column: string | null;
  readonly code: string;
}

const SEALED_COLUMN = 'notice_file_chunk.sealed';
const COLUMNS = 'file_id, municipality_code, job_id, state, rows, applied, repeated, held, quarantined, rejected';

export class NoticeFileStore {
  constructor(private readonly cipher: FieldCipher) {}

  async addChunk(db: Db, place: { fileId: string; chunk: number; at: Date }, { firstLine, lines }: LineChunk): Promise<void> {
    await db.run(
      'INSERT INTO notice_file_chunk (file_id, chunk, first_line, lines, sealed, received_at) VALUES ($1, $2, $3, $4, $5, $6)',
      place.fileId, place.chunk, firstLine, lines.length, this.cipher.encrypt(SEALED_COLUMN, lines.join('\n')), place.at.toISOString(),
    );
  }

  async chunk(db: Db, fileId: string, chunk: number): Promise<LineChunk | undefined> {
    const row = await db.maybe<{ first_line: number; sealed: Buffer }>('SELECT first_line, sealed FROM notice_file_chunk WHERE file_id = $1 AND chunk = $2', fileId, chunk);
    return row === undefined ? undefined : { firstLine: row.first_line, lines: this.cipher.decrypt(SEALED_COLUMN, row.sealed).split('\n') };
  }

  /** The first chunk that no step has taken in; 0 when there is none. */
  async firstChunk(db: Db, fileId: string): Promise<number> {
    const { chunk } = await db.one<{ chunk: number }>('SELECT coalesce(min(chunk), 0) AS chunk FROM notice_file_chunk WHERE file_id = $1', fileId);
    return chunk;
  }

  async dropChunk(db: Db, fileId: string, chunk: number): Promise<void> {
    await db.run('DELETE FROM notice_file_chunk WHERE file_id = $1 AND chunk = $2', fileId, chunk);
  }

  async dropChunks(db: Db, fileId: string): Promise<void> {
    await db.run('DELETE FROM notice_file_chunk WHERE file_id = $1', fileId);
  }

  /** Chunks of uploads that broke off and never became a file. */
  async dropOrphans(db: Db, receivedBefore: Date): Promise<number> {
    return db.run('DELETE FROM notice_file_chunk c WHERE c.received_at < $1 AND NOT EXISTS (SELECT 1 FROM notice_file f WHERE f.file_id = c.file_id)', receivedBefore.toISOString());
  }

  async add(db: Db, file: { fileId: string; municipalityCode: string; sha256: Buffer; jobId: string; rows: number; at: Date }): Promise<void> {
    await db.run(
      "INSERT INTO notice_file (file_id, municipality_code, sha256, job_id, state, rows, received_at) VALUES ($1, $2, $3, $4, 'QUEUED', $5, $6)",
      file.fileId, file.municipalityCode, file.sha256, file.jobId, file.rows, file.at.toISOString(),
    );
  }

  /** The file of these bytes, if the municipality sent them before; until the transaction ends nobody else registers the same ones. */
  async bySha256(db: Db, municipalityCode: string, sha256: Buffer): Promise<NoticeFile | undefined> {
    await db.run('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', `${municipalityCode}/${sha256.toString('hex')}`);
    return db.maybe<NoticeFile>(`SELECT ${COLUMNS} FROM notice_file WHERE municipality_code = $1 AND sha256 = $2`, municipalityCode, sha256);
  }

  async find(db: Db, fileId: string): Promise<NoticeFile | undefined> {
    return db.maybe<NoticeFile>(`SELECT ${COLUMNS} FROM notice_file WHERE file_id = $1`, fileId);
  }

  /** The newest first; `within` is the beginning of the municipality codes. */
  async list(db: Db, page: { within: string; state: NoticeFile['state'] | undefined; before: string | undefined; limit: number }): Promise<NoticeFile[]> {
    return db.many<NoticeFile>(
      `SELECT ${COLUMNS} FROM notice_file WHERE starts_with(municipality_code, $1) AND ($2::text IS NULL OR state = $2) AND ($3::uuid IS NULL OR file_id < $3)
       ORDER BY file_id DESC LIMIT $4`,
      page.within, page.state ?? null, page.before ?? null, page.limit,
    );
  }

  /** Another job takes over. */
  async requeue(db: Db, fileId: string, jobId: string): Promise<void> {
    await db.run("UPDATE notice_file SET job_id = $2, state = 'QUEUED' WHERE file_id = $1", fileId, jobId);
  }

  /** Adds the counts of a step. */
  async advance(db: Db, fileId: string, counts: FileCounts): Promise<void> {
    await db.run(
      `UPDATE notice_file SET state = 'RUNNING', applied = applied + $2, repeated = repeated + $3, held = held + $4, quarantined = quarantined + $5, rejected = rejected + $6
       WHERE file_id = $1`,
      fileId, counts.applied, counts.repeated, counts.held, counts.quarantined, counts.rejected,
    );
  }

  async complete(db: Db, fileId: string): Promise<NoticeFile> {
    return db.one<NoticeFile>(`UPDATE notice_file SET state = 'COMPLETED' WHERE file_id = $1 RETURNING ${COLUMNS}`, fileId);
  }

  async addFaults(db: Db, fileId: string, faults: readonly FileFault[]): Promise<void> {
    if (faults.length > 0) await db.copyIn('notice_file_fault(file_id, line, "column", code)', faults.map((fault) => [fileId, fault.line, fault.column, fault.code]));
  }

  async faults(db: Db, fileId: string, page: { after: number; limit: number }): Promise<FileFault[]> {
    return db.many<FileFault & Row>('SELECT line, "column", code FROM notice_file_fault WHERE file_id = $1 AND line > $2 ORDER BY line LIMIT $3', fileId, page.after, page.limit);
  }
}
