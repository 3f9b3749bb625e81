import type { LocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import type { LineRange, OutState, StandingKind } from './exchange-box.js';

/** A file that stands in an organisation's box. */
export interface OutFile extends Row {
  readonly fileId: string;
  readonly institution: string;
  readonly organisation: string;
  readonly kind: StandingKind;
  readonly day: LocalDate;
  readonly number: number;
  /** For which it may be fetched. */
  readonly purpose: string;
  readonly grantId: string | null;
  readonly reference: string;
  readonly sourceId: string;
  /** Of a part; the whole has none. */
  readonly firstLine: number | null;
  readonly lastLine: number | null;
  readonly lines: number;
  readonly state: OutState;
  /** Of the details as they were fetched. */
  readonly sha256: Buffer | null;
  readonly readyAt: Date;
}

/** A file to be; without a purpose of its own it is for the affair of its grant. */
export interface NewOutFile extends Pick<OutFile, 'institution' | 'organisation' | 'kind' | 'reference' | 'sourceId' | 'lines'> {
  readonly purpose: string | undefined;
  readonly grantId: string | undefined;
  readonly range?: LineRange;
}

const COLUMNS = `file_id AS "fileId", institution, organisation, kind, day, number, purpose, grant_id AS "grantId", reference, source_id AS "sourceId", first_line AS "firstLine",
  last_line AS "lastLine", lines, state, sha256, ready_at AS "readyAt"`;

const OPEN = "state IN ('READY', 'FETCHED')";
/** A file `o` that was received before $1, or stood ready before $2 and was not; one that answers a dropped file `f`. */
const IS_OVER = "(coalesce(o.receipted_at < $1, false) OR (o.state <> 'RECEIPTED' AND o.ready_at < $2))";
const OF_DROPPED = "(o.source_id = f.file_id OR (f.kind = 'IMIN' AND o.source_id = f.source_id))";

export class OutFileStore {
  /** Adds the next file of its kind and day, READY. */
  async add(db: Db, file: NewOutFile & Pick<OutFile, 'fileId' | 'day' | 'readyAt'>): Promise<OutFile> {
    const { institution, organisation, kind, day } = file;
    await db.many('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', `exchange-box/${institution}/${organisation}/${kind}/${day}`);
    return db.one<OutFile>(
      `INSERT INTO exchange_out_file (file_id, institution, organisation, kind, day, number, purpose, grant_id, reference, source_id, first_line, last_line, lines, state, ready_at)
       SELECT $1, $2, $3, $4, $5::date, coalesce(max(o.number), 0) + 1, coalesce($6, (SELECT affair FROM provision_grant WHERE grant_id = $7)), $7, $8, $9, $10, $11, $12, 'READY', $13
       FROM exchange_out_file o WHERE o.institution = $2 AND o.organisation = $3 AND o.kind = $4 AND o.day = $5::date
       RETURNING ${COLUMNS}`,
      file.fileId, institution, organisation, kind, day, file.purpose ?? null, file.grantId ?? null, file.reference, file.sourceId, file.range?.firstLine ?? null, file.range?.lastLine ?? null,
      file.lines, file.readyAt.toISOString(),
    );
  }

  async find(db: Db, fileId: string): Promise<OutFile | undefined> {
    return db.maybe<OutFile>(`SELECT ${COLUMNS} FROM exchange_out_file WHERE file_id = $1`, fileId);
  }

  /** The file of all lines of a batch; its name is that of the result, wherever it is fetched. */
  async ofBatch(db: Db, batchId: string): Promise<OutFile | undefined> {
    return db.maybe<OutFile>(`SELECT ${COLUMNS} FROM exchange_out_file WHERE source_id = $1 AND first_line IS NULL ORDER BY file_id DESC LIMIT 1`, batchId);
  }

  async lock(db: Db, fileId: string): Promise<OutFile | undefined> {
    return db.maybe<OutFile>(`SELECT ${COLUMNS} FROM exchange_out_file WHERE file_id = $1 FOR UPDATE`, fileId);
  }

  /** The part of a result that stands ready and was not fetched. */
  async ready(db: Db, sourceId: string, { firstLine, lastLine }: LineRange): Promise<OutFile | undefined> {
    return db.maybe<OutFile>(
      `SELECT ${COLUMNS} FROM exchange_out_file WHERE source_id = $1 AND first_line = $2 AND last_line = $3 AND state = 'READY' LIMIT 1`, sourceId, firstLine, lastLine,
    );
  }

  /** What was not received of a result is no longer to be fetched. */
  async replace(db: Db, sourceId: string): Promise<void> {
    await db.run(`UPDATE exchange_out_file SET state = 'REPLACED' WHERE source_id = $1 AND ${OPEN}`, sourceId);
  }

  async fetched(db: Db, fileId: string, { state, sha256 }: { readonly state: OutState; readonly sha256: Buffer }, at: Date): Promise<void> {
    await db.run('UPDATE exchange_out_file SET state = $2, sha256 = $3, fetched_at = coalesce(fetched_at, $4) WHERE file_id = $1', fileId, state, sha256, at.toISOString());
  }

  async received(db: Db, fileId: string, at: Date): Promise<void> {
    await db.run("UPDATE exchange_out_file SET state = 'RECEIPTED', receipted_at = $2 WHERE file_id = $1", fileId, at.toISOString());
  }

  /** Whoever confirms a batch has its whole file, wherever they fetched it. */
  async receivedWith(db: Db, batchId: string, at: Date): Promise<void> {
    await db.run(
      `UPDATE exchange_out_file SET state = 'RECEIPTED', receipted_at = $2, sha256 = coalesce(sha256, (SELECT result_sha256 FROM provision_batch WHERE batch_id = $1))
       WHERE source_id = $1 AND first_line IS NULL AND ${OPEN}`,
      batchId, at.toISOString(),
    );
  }

  /** The newest first. */
  async list(db: Db, box: { institution: string; organisation: string }, page: { state: OutState | undefined; before: string | undefined; limit: number }): Promise<OutFile[]> {
    return db.many<OutFile>(
      `SELECT ${COLUMNS} FROM exchange_out_file WHERE institution = $1 AND organisation = $2 AND ($3::text IS NULL OR state = $3) AND ($4::uuid IS NULL OR file_id < $4)
       ORDER BY file_id DESC LIMIT $5`,
      box.institution, box.organisation, page.state ?? null, page.before ?? null, page.limit,
    );
  }

  /** Without a receipt, ready before a moment; the oldest first. */
  async openSince(db: Db, before: Date, limit: number): Promise<OutFile[]> {
    return db.many<OutFile>(`SELECT ${COLUMNS} FROM exchange_out_file WHERE ${OPEN} AND ready_at <= $1 ORDER BY ready_at LIMIT $2`, before.toISOString(), limit);
  }

  /**
   * Drops what is told of files that were received, or stood ready, before these moments. Of a dropped file all goes at once: its acknowledgement
   * is made of it, and a matching without its file would stand ready again.
   */
  async purge(db: Db, before: { readonly receipt: Date; readonly ready: Date }): Promise<{ dropped: number; standing: number }> {
    const moments = [before.receipt.toISOString(), before.ready.toISOString()];
    const { n } = await db.one<{ n: number }>(
      `WITH gone AS (
         DELETE FROM exchange_in_file f WHERE f.settled_at < $2 AND NOT EXISTS (SELECT FROM exchange_out_file o WHERE ${OF_DROPPED} AND NOT ${IS_OVER})
           AND (f.kind <> 'IMIN' OR f.source_id IS NULL OR EXISTS (SELECT FROM exchange_out_file o WHERE o.source_id = f.source_id)
             OR NOT EXISTS (SELECT FROM initial_match m WHERE m.match_id = f.source_id AND m.state <> 'CLOSED'))
         RETURNING f.file_id
       ), faults AS (DELETE FROM exchange_in_fault x USING gone WHERE x.file_id = gone.file_id) SELECT count(*)::int AS n FROM gone`,
      ...moments,
    );
    const standing = await db.run(`DELETE FROM exchange_out_file o WHERE ${IS_OVER} AND NOT EXISTS (SELECT FROM exchange_in_file f WHERE ${OF_DROPPED})`, ...moments);
    return { dropped: n, standing };
  }

  /** The same that were not told of before, which they are now. */
  async tellLate(db: Db, before: Date, at: Date): Promise<OutFile[]> {
    return db.many<OutFile>(
      `UPDATE exchange_out_file SET told_late_at = $2 WHERE ${OPEN} AND ready_at <= $1 AND told_late_at IS NULL RETURNING ${COLUMNS}`, before.toISOString(), at.toISOString(),
    );
  }
}
