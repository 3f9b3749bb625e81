import type { Db } from '#platform';

/** A row of a file that was held and is decided now. */
export interface DecidedRow {
  readonly fileId: string;
  /** Unknown of rows that were held before lines were kept. */
  readonly line?: number | undefined;
  readonly state: 'APPLIED' | 'QUARANTINED' | 'REJECTED';
  readonly column?: string | undefined;
  readonly code?: string | undefined;
}

/** Moves held rows to what became of them in the counts of their files; a rejected one becomes a fault of its line (JUKI-3.3). */
export async function countDecided(db: Db, rows: readonly DecidedRow[], alsoCounting?: string): Promise<void> {
  if (rows.length === 0) return;
  // Steps of two files may each decide rows of the other: both take the files in one order, their own among them.
  const files = [...rows.map((row) => row.fileId), ...(alsoCounting === undefined ? [] : [alsoCounting])];
  await db.run('SELECT 1 FROM notice_file WHERE file_id = ANY($1::uuid[]) ORDER BY file_id FOR UPDATE', files);
  await db.run(
    `UPDATE notice_file f SET applied = f.applied + d.applied, quarantined = f.quarantined + d.quarantined, rejected = f.rejected + d.rejected, held = f.held - d.decided
     FROM (SELECT file_id, count(*) AS decided, count(*) FILTER (WHERE state = 'APPLIED') AS applied, count(*) FILTER (WHERE state = 'QUARANTINED') AS quarantined,
             count(*) FILTER (WHERE state = 'REJECTED') AS rejected
           FROM unnest($1::uuid[], $2::text[]) AS decided (file_id, state) GROUP BY file_id) AS d
     WHERE f.file_id = d.file_id`,
    rows.map((row) => row.fileId), rows.map((row) => row.state),
  );
  const lost = rows.filter((row) => row.state === 'REJECTED' && row.line !== undefined);
  if (lost.length === 0) return;
  await db.run(
    'INSERT INTO notice_file_fault (file_id, line, "column", code) SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[])',
    lost.map((row) => row.fileId), lost.map((row) => row.line), lost.map((row) => row.column ?? null), lost.map((row) => row.code),
  );
}
