import type { CourseSeries, SessionState } from '#contracts/training';
import type { PrefectureNumber } from '#kernel';
import type { Db, Row } from '#platform';
import type { SessionLife, SessionRoom } from './session.js';

/** One holding of a seminar, with what its course says. */
export interface SessionRecord extends SessionLife, SessionRoom {
  readonly id: string;
  readonly courseId: string;
  readonly courseCode: string;
  readonly courseTitle: string;
  readonly fiscalYear: number;
  readonly series: CourseSeries;
  readonly number: number;
  readonly bodyQuota: number;
  readonly plannedMinutes: number;
  readonly venue: string;
  readonly prefecture: PrefectureNumber;
  /** 追加開催: shown apart from the plan. */
  readonly isExtra: boolean;
  /** Counts changes, from 1. */
  readonly version: number;
  /** Events told so far. */
  readonly told: number;
  /** Where those who lost their places go first. */
  readonly successorId: string | null;
  readonly reason: string | null;
  readonly reportRef: string | null;
  readonly publishedAt: Date | null;
  readonly changedAt: Date;
}

export interface SessionFilter {
  readonly fiscalYear: number | undefined;
  readonly courseId: string | undefined;
  readonly state: SessionState | undefined;
  /** Without those that were never published. */
  readonly isPublic: boolean;
}

const COLUMNS = `s.id, s.course_id AS "courseId", c.code AS "courseCode", c.title AS "courseTitle", c.fiscal_year AS "fiscalYear", c.series, s.number, s.capacity,
  s.room_places AS "roomPlaces", s.lab_machines AS "labMachines", s.materials, s.body_quota AS "bodyQuota", s.selection, s.window_opens_at AS "windowOpensAt",
  s.window_closes_at AS "windowClosesAt", s.result_on AS "resultOn", s.starts_at AS "startsAt", s.ends_at AS "endsAt", s.planned_minutes AS "plannedMinutes", s.venue,
  s.prefecture, s.is_extra AS "isExtra", s.state, s.version, s.told, s.successor_id AS "successorId", s.reason, s.report_ref AS "reportRef", s.published_at AS "publishedAt", s.changed_at AS "changedAt"`;
const FROM = 'FROM session s JOIN course c ON c.id = s.course_id';

export class SessionStore {
  async find(db: Db, id: string): Promise<SessionRecord | undefined> {
    return db.maybe<SessionRecord & Row>(`SELECT ${COLUMNS} ${FROM} WHERE s.id = $1`, id);
  }

  /** Locks the session alone, not its course. */
  async lock(db: Db, id: string): Promise<SessionRecord | undefined> {
    return db.maybe<SessionRecord & Row>(`SELECT ${COLUMNS} ${FROM} WHERE s.id = $1 FOR UPDATE OF s`, id);
  }

  /** In the order in which they are held. */
  async list(db: Db, { fiscalYear, courseId, state, isPublic }: SessionFilter, limit: number): Promise<SessionRecord[]> {
    return db.many<SessionRecord & Row>(
      `SELECT ${COLUMNS} ${FROM} WHERE ($1::int IS NULL OR c.fiscal_year = $1) AND ($2::uuid IS NULL OR s.course_id = $2) AND ($3::text IS NULL OR s.state = $3)
         AND ($4::boolean IS FALSE OR s.published_at IS NOT NULL) ORDER BY s.starts_at, s.id LIMIT $5`,
      fiscalYear ?? null, courseId ?? null, state ?? null, isPublic, limit,
    );
  }

  /** Those whose window should have opened or closed by now; a look without locks. */
  async timed(db: Db, now: Date, limit: number): Promise<string[]> {
    const rows = await db.many<{ id: string }>(
      `SELECT id FROM session WHERE (state = 'PUBLISHED' AND window_opens_at <= $1) OR (state IN ('ACCEPTING', 'FULL') AND window_closes_at <= $1) ORDER BY id LIMIT $2`,
      now.toISOString(), limit,
    );
    return rows.map(({ id }) => id);
  }

  /** Whether one of the course was published and may still be held. */
  async isAnyOpen(db: Db, courseId: string): Promise<boolean> {
    return (await db.maybe("SELECT 1 FROM session WHERE course_id = $1 AND state IN ('PUBLISHED', 'ACCEPTING', 'FULL', 'SELECTING', 'CLOSED', 'CONFIRMED') LIMIT 1", courseId)) !== undefined;
  }

  /** Confirmed ones that begin from one instant until before another. */
  async beginning(db: Db, from: Date, to: Date): Promise<SessionRecord[]> {
    return db.many<SessionRecord & Row>(
      `SELECT ${COLUMNS} ${FROM} WHERE s.state = 'CONFIRMED' AND s.starts_at >= $1 AND s.starts_at < $2 ORDER BY s.starts_at, s.id`, from.toISOString(), to.toISOString(),
    );
  }

  /** False when the course has one of this number. */
  async add(db: Db, session: SessionRecord, at: Date): Promise<boolean> {
    const added = await db.run(
      `INSERT INTO session (id, course_id, number, capacity, room_places, lab_machines, materials, body_quota, selection, window_opens_at, window_closes_at, result_on,
         starts_at, ends_at, planned_minutes, venue, prefecture, is_extra, state, version, told, created_at, changed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $22) ON CONFLICT (course_id, number) DO NOTHING`,
      session.id, session.courseId, session.number, ...placeColumns(session), ...dateColumns(session), session.plannedMinutes, session.venue, session.prefecture,
      session.isExtra, session.state, session.version, session.told, at.toISOString(),
    );
    return added === 1;
  }

  /** Everything but course and number; raises the version. */
  async save(db: Db, session: SessionRecord, at: Date): Promise<void> {
    await db.run(
      `UPDATE session SET capacity = $2, room_places = $3, lab_machines = $4, materials = $5, body_quota = $6, selection = $7, window_opens_at = $8,
         window_closes_at = $9, result_on = $10, starts_at = $11, ends_at = $12, planned_minutes = $13, venue = $14, prefecture = $15, state = $16, told = $17,
         successor_id = $18, reason = $19, report_ref = $20, published_at = $21, version = version + 1, changed_at = $22 WHERE id = $1`,
      session.id, ...placeColumns(session), ...dateColumns(session), session.plannedMinutes, session.venue, session.prefecture, session.state, session.told,
      session.successorId, session.reason, session.reportRef, session.publishedAt?.toISOString() ?? null, at.toISOString(),
    );
  }
}

function placeColumns({ capacity, roomPlaces, labMachines, materials, bodyQuota, selection }: SessionRecord): unknown[] {
  return [capacity, roomPlaces, labMachines, materials, bodyQuota, selection];
}

function dateColumns({ windowOpensAt, windowClosesAt, resultOn, startsAt, endsAt }: SessionRecord): unknown[] {
  return [windowOpensAt.toISOString(), windowClosesAt.toISOString(), resultOn, startsAt.toISOString(), endsAt.toISOString()];
}
