import type { Db, Row } from '#platform';
import { PEOPLE_OF_SESSION } from '../statistics/statistics.store.js';
import type { Purged } from './retention.js';

/** Forgets a chunk of what ended before an instant, and keeps what statistics count of it; how much. Each is one transaction's work and may be repeated. */
export type Forget = (db: Db, before: Date, most: number) => Promise<number>;

/** One session at a time: it is counted as a whole. */
async function forgetSession(db: Db, before: Date): Promise<number> {
  const session = await db.maybe<{ id: string }>(
    'SELECT id FROM session s WHERE ends_at < $1 AND EXISTS (SELECT 1 FROM enrolment e WHERE e.session_id = s.id) ORDER BY starts_at, id LIMIT 1 FOR UPDATE OF s', before.toISOString(),
  );
  if (session === undefined) return 0;
  const { id } = session;
  await db.run(`INSERT INTO session_figure (session_id, bodies, ended_before) SELECT $1, jsonb_agg(to_jsonb(p) - 'session_id'), $2 FROM (${PEOPLE_OF_SESSION} HAVING session_id = $1) p`, id, before.toISOString());
  for (const table of ['attendance', 'door_device']) await db.run(`DELETE FROM ${table} WHERE enrolment_id IN (SELECT id FROM enrolment WHERE session_id = $1)`, id);
  const gone = await db.run('DELETE FROM enrolment WHERE session_id = $1', id);
  await db.run('DELETE FROM body_place WHERE session_id = $1', id);
  await db.run('UPDATE session_place SET taken = 0, waiting = 0, last_waiting_no = 0 WHERE session_id = $1', id);
  return gone;
}

async function forgetRegistrations(db: Db, before: Date, most: number): Promise<number> {
  const over = await db.many<{ id: string; account: string } & Row>(
    `SELECT r.id, encode(r.learner_index, 'hex') AS account FROM elearning_registration r JOIN course c ON c.id = r.course_id
     WHERE c.closes_on < ($1::timestamptz AT TIME ZONE 'Asia/Tokyo')::date AND r.state IN ('COMPLETED', 'EXPIRED', 'WITHDRAWN') ORDER BY r.id LIMIT $2 FOR UPDATE OF r`,
    before.toISOString(), most,
  );
  const ids = over.map(({ id }) => id);
  await db.run(
    `INSERT INTO elearning_figure (course_id, is_started, is_finished, seconds)
     SELECT course_id, started_at IS NOT NULL, state = 'COMPLETED', CASE WHEN state = 'COMPLETED' THEN extract(epoch FROM ended_at - started_at) END
     FROM elearning_registration WHERE id = ANY ($1) AND state <> 'WITHDRAWN' ORDER BY random()`,
    ids,
  );
  await db.run('UPDATE attempt_answer SET answer = NULL, saved_at = NULL WHERE attempt_id IN (SELECT id FROM assessment_attempt WHERE registration_id = ANY ($1))', ids);
  await db.run('UPDATE assessment_attempt SET registration_id = NULL WHERE registration_id = ANY ($1)', ids);
  for (const table of ['au_progress', 'au_session', 'video_viewing']) await db.run(`DELETE FROM ${table} WHERE registration_id = ANY ($1)`, ids);
  await db.run("DELETE FROM learner_document WHERE kind = 'STATE' AND owner = ANY ($1)", ids);
  await db.run('DELETE FROM elearning_registration WHERE id = ANY ($1)', ids);
  await db.run(
    `DELETE FROM learner_document d WHERE kind = 'PROFILE' AND owner = ANY ($1) AND NOT EXISTS (SELECT 1 FROM elearning_registration r WHERE r.learner_index = decode(d.owner, 'hex'))`,
    over.map(({ account }) => account),
  );
  return ids.length;
}

async function chunk(db: Db, sql: string, before: Date, most: number): Promise<number> {
  return db.run(sql, before.toISOString(), most);
}

export const FORGET: Readonly<Record<Purged, Forget>> = {
  STATEMENT: async (db, before, most) => (await db.one<{ gone: number }>('SELECT purge_statements($1, $2) AS gone', before.toISOString(), most)).gone,
  SESSION: forgetSession,
  REGISTRATION: forgetRegistrations,
  VIEWING: (db, before, most) => chunk(db, 'DELETE FROM video_viewing WHERE id IN (SELECT id FROM video_viewing WHERE registration_id IS NULL AND credited_at < $1 ORDER BY id LIMIT $2)', before, most),
  EXTERNAL_COMPLETION: (db, before, most) =>
    chunk(
      db,
      `DELETE FROM external_completion e USING (SELECT case_id, body_code, person FROM external_completion WHERE completed_on < ($1::timestamptz AT TIME ZONE 'Asia/Tokyo')::date LIMIT $2) o
       WHERE e.case_id = o.case_id AND e.body_code = o.body_code AND e.person = o.person`,
      before, most,
    ),
  // Ids rise with time.
  MESSAGE: (db, before, most) => chunk(db, 'DELETE FROM message WHERE id IN (SELECT id FROM message WHERE created_at < $1 ORDER BY id LIMIT $2)', before, most),
};
