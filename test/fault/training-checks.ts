import type pg from 'pg';
import type { Finding } from './checks.js';
import type { Told } from './training-people.js';

const HOLDS = "('OFFERED', 'ADMITTED', 'ATTENDING')";

/** TRN-4.4 I1 to I4 in one statement, so at one commit; counters and rows are looked at together. */
const LAWS: readonly (readonly [check: string, sql: string])[] = [
  ['I1 never a place too many', `SELECT p.session_id FROM training.session_place p LEFT JOIN training.enrolment e ON e.session_id = p.session_id AND e.state IN ${HOLDS}
     GROUP BY p.session_id HAVING count(e.id) > p.capacity OR count(e.id) <> p.taken`],
  ['I2 never more of a body than its quota', `SELECT e.session_id FROM training.enrolment e JOIN training.session_place p USING (session_id) LEFT JOIN training.body_place b ON b.session_id = e.session_id AND b.body_code = e.body_code
     WHERE e.state IN ${HOLDS} GROUP BY e.session_id, e.body_code, p.body_quota, b.taken HAVING count(*) > p.body_quota OR count(*) <> coalesce(b.taken, 0)`],
  ['I3 one of a person', `SELECT session_id FROM training.enrolment WHERE state IN ('SUBMITTED', 'WAITLISTED', 'OFFERED', 'ADMITTED', 'ATTENDING') GROUP BY session_id, person HAVING count(*) > 1`],
  ['I4 waiting numbers without gaps', `SELECT p.session_id FROM training.session_place p LEFT JOIN training.enrolment e ON e.session_id = p.session_id
     GROUP BY p.session_id HAVING count(e.waiting_no) <> p.last_waiting_no OR coalesce(max(e.waiting_no), 0) <> p.last_waiting_no OR count(*) FILTER (WHERE e.state = 'WAITLISTED') <> p.waiting`],
];

/** Broken laws at this moment. */
export async function brokenLaws(pool: pg.Pool): Promise<Finding[]> {
  const { rows } = await pool.query<{ check: string; session_id: string }>(LAWS.map(([check, sql]) => `SELECT '${check}' AS check, session_id FROM (${sql}) broken`).join(' UNION ALL '));
  return rows.map(({ check, session_id }) => ({ check, fault: session_id }));
}

/** I5, when all is quiet: nobody waits while a place is free that fits him. Every body of the campaign has few people, so quotas alone can keep somebody out. */
export async function idlePlaces(pool: pg.Pool): Promise<Finding[]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT e.id FROM training.enrolment e JOIN training.session_place p USING (session_id) LEFT JOIN training.body_place b ON b.session_id = e.session_id AND b.body_code = e.body_code
     WHERE e.state = 'WAITLISTED' AND p.taken < p.capacity AND coalesce(b.taken, 0) < p.body_quota`,
  );
  return rows.map(({ id }) => ({ check: 'I5 nobody waits while a place is free', fault: id }));
}

/** What became of somebody without his doing. */
const AFTERWARDS: Readonly<Record<string, readonly string[]>> = { ADMITTED: ['ADMITTED'], WAITLISTED: ['WAITLISTED', 'OFFERED'], DECLINED: ['DECLINED'], WITHDRAWN: ['WITHDRAWN'] };

/** Everybody was told the truth: what he heard is on record, nobody is on record who heard nothing, and who was offered a place has a letter of it. */
export async function untruths(pool: pg.Pool, sessionId: string, told: readonly Told[]): Promise<Finding[]> {
  const { rows } = await pool.query<{ id: string; state: string; letters: string[] }>(
    `SELECT e.id, e.state, coalesce((SELECT array_agg(m.kind) FROM training.message m WHERE m.reference = e.id::text), '{}') AS letters FROM training.enrolment e WHERE session_id = $1`, [sessionId],
  );
  const kept = new Map(rows.map((row) => [row.id, row]));
  const findings = told.flatMap(({ enrolmentId, state }): Finding[] => {
    const now = kept.get(enrolmentId)?.state ?? 'nothing';
    return (AFTERWARDS[state] ?? []).includes(now) ? [] : [{ check: 'everybody was told the truth', fault: `${enrolmentId}: heard ${state}, on record ${now}` }];
  });
  const heard = new Set(told.map(({ enrolmentId }) => enrolmentId));
  const unheard = rows.filter(({ id }) => !heard.has(id)).map(({ id, state }): Finding => ({ check: 'nobody is on record who heard nothing', fault: `${id}: ${state}` }));
  const silent = rows.filter(({ state, letters }) => ['OFFERED', 'ADMITTED', 'WAITLISTED'].includes(state) && !letters.includes(state)).map(({ id, state }): Finding => ({ check: 'a letter of each change', fault: `${id}: ${state}` }));
  return [...findings, ...unheard, ...silent];
}
