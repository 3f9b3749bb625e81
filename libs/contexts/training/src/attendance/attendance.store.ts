import type { Db, FieldCipher, Row } from '#platform';

export interface AttendanceRow {
  readonly enrolmentId: string;
  /** From 0. */
  readonly halfDay: number;
  readonly minutes: number;
  /** 受付の符号 or the staff's list. */
  readonly source: 'DOOR' | 'LIST';
}

export class AttendanceStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** At the door: what is on file stays; false then. */
  async enter(db: Db, row: AttendanceRow, by: string, at: Date): Promise<boolean> {
    const added = await db.run(
      'INSERT INTO attendance (enrolment_id, half_day, minutes, source, taken_by, taken_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING',
      row.enrolmentId, row.halfDay, row.minutes, row.source, by, at.toISOString(),
    );
    return added === 1;
  }

  /** The staff's list says what was; it replaces what is on file. */
  async put(db: Db, rows: readonly AttendanceRow[], by: string, at: Date): Promise<void> {
    for (const row of rows) {
      await db.run(
        `INSERT INTO attendance (enrolment_id, half_day, minutes, source, taken_by, taken_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (enrolment_id, half_day) DO UPDATE SET minutes = $3, source = $4, taken_by = $5, taken_at = $6`,
        row.enrolmentId, row.halfDay, row.minutes, row.source, by, at.toISOString(),
      );
    }
  }

  async ofSession(db: Db, sessionId: string): Promise<AttendanceRow[]> {
    return db.many<AttendanceRow & Row>(
      `SELECT a.enrolment_id AS "enrolmentId", a.half_day AS "halfDay", a.minutes, a.source FROM attendance a JOIN enrolment e ON e.id = a.enrolment_id
       WHERE e.session_id = $1 ORDER BY a.enrolment_id, a.half_day`,
      sessionId,
    );
  }

  /** Minutes of each enrolment of a session that has any. */
  async minutesOf(db: Db, sessionId: string): Promise<ReadonlyMap<string, number>> {
    const minutes = new Map<string, number>();
    for (const row of await this.ofSession(db, sessionId)) minutes.set(row.enrolmentId, (minutes.get(row.enrolmentId) ?? 0) + row.minutes);
    return minutes;
  }

  /** Whether the token was shown by this device first; a device that `replaces` is the first from now on. */
  async isFirstDevice(db: Db, enrolmentId: string, shown: { readonly device: string; readonly replaces: boolean }, at: Date): Promise<boolean> {
    const device = this.cipher.blindIndex('door-device', shown.device);
    const seen = await db.run(
      `INSERT INTO door_device (enrolment_id, device, seen_at) VALUES ($1, $2, $3)
       ON CONFLICT (enrolment_id) DO UPDATE SET device = $2, seen_at = $3 WHERE door_device.device = $2 OR $4`,
      enrolmentId, device, at.toISOString(), shown.replaces,
    );
    return seen === 1;
  }
}
