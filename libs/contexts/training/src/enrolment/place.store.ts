import type { Db } from '#platform';
import type { Limits } from './enrolment.js';

/** The counters of a session. */
export interface Counters extends Limits {
  readonly taken: number;
  readonly waiting: number;
}

/** A counter that is not what its rows say. */
export interface Drift {
  readonly sessionId: string;
  /** None for the counter of the session itself. */
  readonly bodyCode: string | null;
  readonly counter: 'TAKEN' | 'WAITING' | 'WAITING_NO';
  readonly counted: number;
  readonly rows: number;
}

/**
 * The counters of places (TRN-4.4). Whoever changes them holds the session's lock; still every taking is a conditional update below a CHECK, so
 * that a caller who forgot can overbook nothing.
 */
export class PlaceStore {
  async open(db: Db, sessionId: string, { capacity, bodyQuota }: Limits): Promise<void> {
    await db.run('INSERT INTO session_place (session_id, capacity, body_quota, taken, waiting, last_waiting_no) VALUES ($1, $2, $3, 0, 0, 0) ON CONFLICT DO NOTHING', sessionId, capacity, bodyQuota);
  }

  async find(db: Db, sessionId: string): Promise<Counters | undefined> {
    return db.maybe<Counters & Record<string, unknown>>('SELECT capacity, body_quota AS "bodyQuota", taken, waiting FROM session_place WHERE session_id = $1', sessionId);
  }

  /** False when more is taken than would remain, by the session or by one of its bodies. */
  async resize(db: Db, sessionId: string, { capacity, bodyQuota }: Limits): Promise<boolean> {
    const resized = await db.run(
      `UPDATE session_place SET capacity = $2, body_quota = $3 WHERE session_id = $1 AND taken <= $2
         AND NOT EXISTS (SELECT 1 FROM body_place WHERE session_id = $1 AND taken > $3)`,
      sessionId, capacity, bodyQuota,
    );
    if (resized === 1) await db.run('UPDATE body_place SET quota = $2 WHERE session_id = $1 AND quota <> $2', sessionId, bodyQuota);
    return resized === 1;
  }

  /** False when the session has no such number of places left. */
  async takeOfSession(db: Db, sessionId: string, size: number): Promise<boolean> {
    return (await db.run('UPDATE session_place SET taken = taken + $2 WHERE session_id = $1 AND taken + $2 <= capacity', sessionId, size)) === 1;
  }

  /** False when the body has no such number of places left. */
  async takeOfBody(db: Db, place: { readonly sessionId: string; readonly bodyCode: string }, size: number, quota: number): Promise<boolean> {
    if (size > quota) return false;
    const taken = await db.run(
      `INSERT INTO body_place (session_id, body_code, quota, taken) VALUES ($1, $2, $3, $4)
       ON CONFLICT (session_id, body_code) DO UPDATE SET taken = body_place.taken + $4 WHERE body_place.taken + $4 <= body_place.quota`,
      place.sessionId, place.bodyCode, quota, size,
    );
    return taken === 1;
  }

  async hasRoomOfBody(db: Db, place: { readonly sessionId: string; readonly bodyCode: string }, size: number, quota: number): Promise<boolean> {
    const row = await db.maybe<{ taken: number }>('SELECT taken FROM body_place WHERE session_id = $1 AND body_code = $2', place.sessionId, place.bodyCode);
    return (row?.taken ?? 0) + size <= quota;
  }

  /** Takes a place for each of these bodies of a selection; the constraints refuse what is too much, and false says that the session is. */
  async takeAll(db: Db, sessionId: string, bodyCodes: readonly string[], quota: number): Promise<boolean> {
    if (bodyCodes.length === 0) return true;
    if (!(await this.takeOfSession(db, sessionId, bodyCodes.length))) return false;
    await db.run(
      `INSERT INTO body_place (session_id, body_code, quota, taken) SELECT $1, code, $3, count(*) FROM unnest($2::text[]) AS given (code) GROUP BY code
       ON CONFLICT (session_id, body_code) DO UPDATE SET taken = body_place.taken + excluded.taken`,
      sessionId, bodyCodes, quota,
    );
    return true;
  }

  /** Gives places of a session back, by body. */
  async giveBack(db: Db, sessionId: string, bodyCodes: readonly string[]): Promise<void> {
    if (bodyCodes.length === 0) return;
    await db.run('UPDATE session_place SET taken = taken - $2 WHERE session_id = $1', sessionId, bodyCodes.length);
    await db.run(
      `UPDATE body_place b SET taken = b.taken - back.n FROM (SELECT code, count(*) AS n FROM unnest($2::text[]) AS given (code) GROUP BY code) back
       WHERE b.session_id = $1 AND b.body_code = back.code`,
      sessionId, bodyCodes,
    );
  }

  /** The first of so many numbers at the end of the waiting list, and how many wait with them. */
  async queue(db: Db, sessionId: string, count: number): Promise<{ first: number; waiting: number }> {
    return db.one<{ first: number; waiting: number }>(
      `UPDATE session_place SET waiting = waiting + $2, last_waiting_no = last_waiting_no + $2 WHERE session_id = $1
       RETURNING last_waiting_no - $2 + 1 AS first, waiting`,
      sessionId, count,
    );
  }

  async leaveQueue(db: Db, sessionId: string, count: number): Promise<void> {
    if (count > 0) await db.run('UPDATE session_place SET waiting = waiting - $2 WHERE session_id = $1', sessionId, count);
  }

  /** Places that bodies hold in a session. */
  async heldByBodies(db: Db, sessionId: string): Promise<{ body: string; held: number }[]> {
    return db.many<{ body: string; held: number }>('SELECT body_code AS body, taken AS held FROM body_place WHERE session_id = $1 AND taken > 0 ORDER BY body_code', sessionId);
  }

  /** Counters that are not what their rows say, in one look at everything; none ever, unless there is a fault (TRN-4.4). */
  async drifts(db: Db): Promise<Drift[]> {
    return db.many<Drift & Record<string, unknown>>(
      `WITH counted AS (
         SELECT session_id, body_code, count(*) FILTER (WHERE state IN ('OFFERED', 'ADMITTED', 'ATTENDING')) AS active, count(*) FILTER (WHERE state = 'WAITLISTED') AS waiting,
           count(waiting_no) AS numbered
         FROM enrolment GROUP BY GROUPING SETS ((session_id), (session_id, body_code))
       ), compared AS (
         SELECT p.session_id, NULL AS body_code, v.counter, v.counted, v.rows
         FROM session_place p LEFT JOIN counted c ON c.session_id = p.session_id AND c.body_code IS NULL,
           LATERAL (VALUES ('TAKEN', p.taken, coalesce(c.active, 0)), ('WAITING', p.waiting, coalesce(c.waiting, 0)), ('WAITING_NO', p.last_waiting_no, coalesce(c.numbered, 0))) v (counter, counted, rows)
         UNION ALL
         SELECT coalesce(b.session_id, c.session_id), coalesce(b.body_code, c.body_code), 'TAKEN', coalesce(b.taken, 0), coalesce(c.active, 0)
         FROM body_place b FULL JOIN (SELECT * FROM counted WHERE body_code IS NOT NULL) c ON c.session_id = b.session_id AND c.body_code = b.body_code
       )
       SELECT session_id AS "sessionId", body_code AS "bodyCode", counter, counted, rows::int FROM compared WHERE counted <> rows ORDER BY 1, 2, 3 LIMIT 1000`,
    );
  }
}
