import { addDays, toLocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import type { Schedule, ScheduleRow } from './schedule-row.js';

type StoredRow = Row & Omit<ScheduleRow, 'decidedBy' | 'validUntil'> & { readonly validUntil: string | null; readonly decidedBy: string | null };

const COLUMNS = `row_id AS "rowId", schedule, row_no AS row, affair, uses_numbers AS "usesNumbers", valid_from AS "validFrom", valid_until AS "validUntil", state, entered_by AS "enteredBy",
  decided_by AS "decidedBy"`;

export class ScheduleRowStore {
  async add(db: Db, row: ScheduleRow, at: Date): Promise<void> {
    await db.run(
      'INSERT INTO schedule_row (row_id, schedule, row_no, affair, uses_numbers, valid_from, valid_until, state, entered_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
      row.rowId, row.schedule, row.row, row.affair, row.usesNumbers, row.validFrom, row.validUntil ?? null, row.state, row.enteredBy, at.toISOString(),
    );
  }

  /** With all versions of its row, so that two of them are not approved at once. */
  async lock(db: Db, rowId: string): Promise<ScheduleRow | undefined> {
    const rows = await db.many<StoredRow>(
      `SELECT ${COLUMNS} FROM schedule_row WHERE (schedule, row_no, affair) = (SELECT schedule, row_no, affair FROM schedule_row WHERE row_id = $1) ORDER BY row_id FOR UPDATE`, rowId,
    );
    return rows.map(toRow).find((row) => row.rowId === rowId);
  }

  async decide(db: Db, { rowId, state, decidedBy }: ScheduleRow, at: Date): Promise<void> {
    await db.run('UPDATE schedule_row SET state = $2, decided_by = $3, changed_at = $4 WHERE row_id = $1', rowId, state, decidedBy ?? null, at.toISOString());
  }

  /** The former version ends the day before; those that begin later never were. */
  async makeRoom(db: Db, { schedule, row, affair, validFrom }: ScheduleRow, at: Date): Promise<void> {
    await db.run(
      `UPDATE schedule_row SET state = CASE WHEN valid_from >= $4 THEN 'REPLACED' ELSE state END, valid_until = CASE WHEN valid_from >= $4 THEN valid_until ELSE $5 END, changed_at = $6
       WHERE schedule = $1 AND row_no = $2 AND affair = $3 AND state = 'APPROVED' AND (valid_until IS NULL OR valid_until >= $4)`,
      schedule, row, affair, validFrom, addDays(validFrom, -1), at.toISOString(),
    );
  }

  async list(db: Db, { schedule, affair, limit }: { readonly schedule: Schedule | undefined; readonly affair: string | undefined; readonly limit: number }): Promise<ScheduleRow[]> {
    const rows = await db.many<StoredRow>(
      `SELECT ${COLUMNS} FROM schedule_row WHERE ($1::int IS NULL OR schedule = $1) AND ($2::text IS NULL OR affair = $2) ORDER BY schedule, row_no, affair, valid_from, row_id LIMIT $3`,
      schedule ?? null, affair ?? null, limit,
    );
    return rows.map(toRow);
  }
}

function toRow({ validFrom, validUntil, decidedBy, ...row }: StoredRow): ScheduleRow {
  return { ...row, validFrom: toLocalDate(validFrom), validUntil: validUntil === null ? undefined : toLocalDate(validUntil), decidedBy: decidedBy ?? undefined };
}
