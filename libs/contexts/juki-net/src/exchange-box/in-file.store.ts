import type { Db, Row } from '#platform';
import type { DroppedKind, FileFault, InState } from './exchange-box.js';

/** A file that an organisation dropped. */
export interface InFile extends Row {
  readonly fileId: string;
  readonly organisation: string;
  readonly client: string;
  readonly name: string;
  readonly kind: DroppedKind;
  readonly purpose: string;
  readonly sha256: Buffer;
  readonly state: InState;
  /** As its header names it. */
  readonly reference: string;
  /** Batch or matching that it became. */
  readonly sourceId: string | null;
  readonly reason: string | null;
  readonly lines: number;
  readonly faulty: number;
  readonly receivedAt: Date;
  readonly settledAt: Date | null;
}

export interface Settled extends Pick<InFile, 'state' | 'reference' | 'lines'> {
  readonly grantId: string | undefined;
  readonly sourceId: string | undefined;
  readonly reason: string | undefined;
  readonly faults: readonly FileFault[];
}

interface Box {
  readonly institution: string;
  readonly organisation: string;
}

interface DecidedMatch extends Row, Box {
  readonly matchId: string;
  readonly reference: string;
  readonly purpose: string;
  readonly grantId: string | null;
  readonly cases: number;
}

const COLUMNS = `f.file_id AS "fileId", f.organisation, f.client, f.name, f.kind, f.purpose, f.sha256, f.state, f.reference, f.source_id AS "sourceId", f.reason, f.lines, f.faulty,
  f.received_at AS "receivedAt", f.settled_at AS "settledAt"`;

export class InFileStore {
  /** False where the organisation has dropped a file of this name. */
  async add(db: Db, box: Box, file: Pick<InFile, 'fileId' | 'client' | 'name' | 'kind' | 'purpose' | 'sha256' | 'receivedAt'> & { readonly sealed: Buffer }): Promise<boolean> {
    const added = await db.run(
      `INSERT INTO exchange_in_file (file_id, institution, organisation, client, name, kind, purpose, sha256, sealed, state, received_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'WAITING', $10) ON CONFLICT (institution, organisation, name) DO NOTHING`,
      file.fileId, box.institution, box.organisation, file.client, file.name, file.kind, file.purpose, file.sha256, file.sealed, file.receivedAt.toISOString(),
    );
    return added === 1;
  }

  async byName(db: Db, { institution, organisation }: Box, name: string): Promise<InFile> {
    return db.one<InFile>(`SELECT ${COLUMNS} FROM exchange_in_file f WHERE f.institution = $1 AND f.organisation = $2 AND f.name = $3`, institution, organisation, name);
  }

  async find(db: Db, fileId: string): Promise<InFile | undefined> {
    return db.maybe<InFile>(`SELECT ${COLUMNS} FROM exchange_in_file f WHERE f.file_id = $1`, fileId);
  }

  async lock(db: Db, fileId: string): Promise<InFile> {
    return db.one<InFile>(`SELECT ${COLUMNS} FROM exchange_in_file f WHERE f.file_id = $1 FOR UPDATE`, fileId);
  }

  /** Undefined once it has been settled. */
  async sealed(db: Db, fileId: string): Promise<Buffer | undefined> {
    const { sealed } = await db.one<{ sealed: Buffer | null }>('SELECT sealed FROM exchange_in_file WHERE file_id = $1', fileId);
    return sealed ?? undefined;
  }

  /** Files for which no job was queued, the oldest first. */
  async unqueued(db: Db): Promise<string[]> {
    const rows = await db.many<{ file_id: string }>(
      "SELECT file_id FROM exchange_in_file WHERE state = 'WAITING' AND job_id IS NULL ORDER BY received_at LIMIT 1000 FOR UPDATE SKIP LOCKED",
    );
    return rows.map((row) => row.file_id);
  }

  async queue(db: Db, fileId: string, jobId: string): Promise<void> {
    await db.run('UPDATE exchange_in_file SET job_id = $2 WHERE file_id = $1', fileId, jobId);
  }

  /** Whether a verified file of other content has this reference; until the transaction ends nobody else settles one. */
  async isTaken(db: Db, { institution, organisation }: Box, { kind, reference, sha256 }: Pick<InFile, 'kind' | 'reference' | 'sha256'>): Promise<boolean> {
    await db.many('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', `exchange-box/${institution}/${organisation}/${kind}/${reference}`);
    const other = await db.maybe(
      "SELECT 1 FROM exchange_in_file WHERE institution = $1 AND organisation = $2 AND kind = $3 AND reference = $4 AND state = 'VERIFIED' AND sha256 <> $5 LIMIT 1",
      institution, organisation, kind, reference, sha256,
    );
    return other !== undefined;
  }

  /** What was sealed goes; what is told of the lines stays. */
  async settle(db: Db, fileId: string, settled: Settled, at: Date): Promise<void> {
    await db.run(
      `UPDATE exchange_in_file SET state = $2, reference = $3, grant_id = $4, source_id = $5, reason = $6, lines = $7, faulty = $8, settled_at = $9, sealed = NULL WHERE file_id = $1`,
      fileId, settled.state, settled.reference, settled.grantId ?? null, settled.sourceId ?? null, settled.reason ?? null, settled.lines, settled.faults.length, at.toISOString(),
    );
    if (settled.faults.length > 0) await db.copyIn('exchange_in_fault(file_id, line, "column", code)', settled.faults.map(({ line, column, code }) => [fileId, line, column, code]));
  }

  async faults(db: Db, fileId: string): Promise<FileFault[]> {
    return db.many<FileFault & Row>('SELECT line, "column", code FROM exchange_in_fault WHERE file_id = $1 ORDER BY line', fileId);
  }

  /** The newest first. */
  async list(db: Db, { institution, organisation }: Box, page: { state: InState | undefined; before: string | undefined; limit: number }): Promise<InFile[]> {
    return db.many<InFile>(
      `SELECT ${COLUMNS} FROM exchange_in_file f WHERE f.institution = $1 AND f.organisation = $2 AND ($3::text IS NULL OR f.state = $3) AND ($4::uuid IS NULL OR f.file_id < $4)
       ORDER BY f.file_id DESC LIMIT $5`,
      institution, organisation, page.state ?? null, page.before ?? null, page.limit,
    );
  }

  /** Still waiting, dropped before a moment; the oldest first. */
  async waitingSince(db: Db, before: Date, limit: number): Promise<InFile[]> {
    return db.many<InFile>(`SELECT ${COLUMNS} FROM exchange_in_file f WHERE f.state = 'WAITING' AND f.received_at <= $1 ORDER BY f.received_at LIMIT $2`, before.toISOString(), limit);
  }

  /** Still waiting, dropped before a moment and not told of, which they are now. */
  async tellLate(db: Db, before: Date, at: Date): Promise<InFile[]> {
    return db.many<InFile>(
      `UPDATE exchange_in_file f SET told_late_at = $2 WHERE f.state = 'WAITING' AND f.received_at <= $1 AND f.told_late_at IS NULL RETURNING ${COLUMNS}`, before.toISOString(), at.toISOString(),
    );
  }

  /** Matchings of dropped files whose every case is decided and whose result does not stand in the box yet. */
  async decidedMatches(db: Db): Promise<DecidedMatch[]> {
    return db.many<DecidedMatch>(
      `SELECT DISTINCT ON (f.source_id) f.source_id AS "matchId", f.institution, f.organisation, f.reference, f.purpose, f.grant_id AS "grantId", m.auto + m.review + m.none AS cases
       FROM exchange_in_file f JOIN initial_match m ON m.match_id = f.source_id
       WHERE f.kind = 'IMIN' AND f.state = 'VERIFIED' AND m.state IN ('MATCHED', 'IN_REVIEW') AND m.review = m.linked + m.unlinked AND m.auto + m.review + m.none > 0
         AND NOT EXISTS (SELECT FROM exchange_out_file o WHERE o.source_id = f.source_id)
       ORDER BY f.source_id, f.file_id LIMIT 100`,
    );
  }
}
