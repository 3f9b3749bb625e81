import { addDays, type LocalDate, startOfDayInJapan, toLocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import { DUTY_HOURS, SAME_PERSON_ASKERS, VOLUME } from './log-alert.js';

/** How the audit lines of immediate inquiries begin, and the mode in which they provide. */
const LINE_START = '{"action":"juki-net.inquiry.ask"';
const INQUIRY_MODE = 'IMMEDIATE_HOST';
const CURSOR = 'log-alert.lines';

export interface DayLog extends Row {
  readonly organisation: string;
  readonly affair: string;
  readonly mode: string;
  readonly provided: number;
  readonly refused: number;
  readonly alerts: number;
}

/**
 * The lines after a place, in the order of the chain, below what an open transaction may still precede: each is counted once. A purpose
 * that was refused is the caller's free text and no affair.
 */
const COUNT_LINES = `WITH line AS MATERIALIZED (
  SELECT xid, id, at, entry FROM audit_line WHERE (xid, id) > ($1::xid8, $2::uuid) AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, id LIMIT $3
), asked AS MATERIALIZED (
  SELECT (at AT TIME ZONE 'Asia/Tokyo')::date AS day, (at AT TIME ZONE 'Asia/Tokyo')::time AS clock, entry::json AS e FROM line WHERE starts_with(entry, '${LINE_START}')
), named AS MATERIALIZED (
  SELECT day, clock, e ->> 'organisation' AS organisation, e ->> 'institution' AS institution, e ->> 'client' AS client, coalesce(e ->> 'operator', '') AS officer,
    CASE WHEN e ->> 'code' = 'PURPOSE_NOT_PERMITTED' THEN '' ELSE coalesce(e ->> 'purpose', '') END AS affair, e ->> 'outcome' AS outcome, e -> 'subjects' AS subjects
  FROM asked WHERE e ->> 'outcome' IN ('DONE', 'REFUSED')
), counted AS (
  INSERT INTO query_day AS q (day, organisation, institution, affair, client, officer, asked, refused, outside)
  SELECT n.day, n.organisation, min(n.institution), n.affair, n.client, n.officer,
    count(*) FILTER (WHERE n.outcome = 'DONE'), count(*) FILTER (WHERE n.outcome = 'REFUSED'),
    count(*) FILTER (WHERE n.clock < coalesce(h.opens, '${DUTY_HOURS.opens}') OR n.clock >= coalesce(h.closes, '${DUTY_HOURS.closes}')
      OR (n.day = ANY($4::date[]) AND NOT coalesce(h.on_closed_days, false)))
  FROM named n LEFT JOIN duty_hours h ON h.organisation = n.organisation GROUP BY n.day, n.organisation, n.affair, n.client, n.officer
  ON CONFLICT (day, organisation, affair, client, officer) DO UPDATE
    SET asked = q.asked + excluded.asked, refused = q.refused + excluded.refused, outside = q.outside + excluded.outside
), persons AS (
  INSERT INTO query_day_person AS q (day, person_key, organisation, client, officer, asked)
  SELECT n.day, subject::uuid, n.organisation, n.client, n.officer, count(*) FROM named n CROSS JOIN LATERAL json_array_elements_text(n.subjects) AS subject
  WHERE n.outcome = 'DONE' GROUP BY 1, 2, 3, 4, 5
  ON CONFLICT (day, person_key, organisation, client, officer) DO UPDATE SET asked = q.asked + excluded.asked
) SELECT (SELECT count(*) FROM line)::int AS lines, last.xid::text AS place, last.id FROM (SELECT xid, id FROM line ORDER BY line.xid DESC, line.id DESC LIMIT 1) AS last`;

/** Alerts of the day $1; those of a day that is closed again are known already. */
const INSERT_ALERT = 'INSERT INTO log_alert (alert_id, day, kind, organisation, client, officer, person_key, asked, mean, state)';
const ALERTS = [
  `${INSERT_ALERT} SELECT gen_random_uuid(), $1, CASE level WHEN 3 THEN 'VOLUME_ORGANISATION' WHEN 1 THEN 'VOLUME_CLIENT' ELSE 'VOLUME_OFFICER' END, organisation,
     coalesce(client, ''), coalesce(officer, ''), NULL, max(n) FILTER (WHERE day = $1), round(avg(n) FILTER (WHERE day < $1), 1), 'OPEN'
   FROM (SELECT day, organisation, client, officer, grouping(client, officer) AS level, sum(asked + refused) AS n FROM query_day
     WHERE day BETWEEN $1::date - ${VOLUME.lookBackDays} AND $1::date GROUP BY day, organisation, GROUPING SETS ((), (client), (client, officer))) AS per_day
   WHERE level > 0 OR officer <> '' GROUP BY organisation, client, officer, level
   HAVING count(*) FILTER (WHERE day < $1) >= ${VOLUME.leastDays} AND max(n) FILTER (WHERE day = $1) >= ${VOLUME.leastAsked}
     AND max(n) FILTER (WHERE day = $1) > ${VOLUME.times} * avg(n) FILTER (WHERE day < $1)`,
  `${INSERT_ALERT} SELECT gen_random_uuid(), $1, 'OUTSIDE_HOURS', organisation, client, officer, NULL, sum(outside), NULL, 'OPEN'
   FROM query_day WHERE day = $1::date GROUP BY organisation, client, officer HAVING sum(outside) > 0`,
  `${INSERT_ALERT} SELECT gen_random_uuid(), $1, 'SAME_PERSON',
     CASE WHEN count(DISTINCT organisation) = 1 THEN min(organisation) ELSE '' END, '', '', person_key, sum(asked), NULL, 'OPEN'
   FROM query_day_person WHERE day = $1::date GROUP BY person_key HAVING count(DISTINCT (client, officer)) >= ${SAME_PERSON_ASKERS}`,
  `${INSERT_ALERT} SELECT gen_random_uuid(), $1, 'WATCHED_PERSON', q.organisation, q.client, q.officer, q.person_key, q.asked, NULL, 'OPEN'
   FROM query_day_person q WHERE q.day = $1::date AND EXISTS (
     SELECT FROM watched_person w WHERE w.person_key = q.person_key AND w.since_on <= $1::date AND coalesce(w.ended_on, $1::date) >= $1::date)`,
];

/** The day $1, earlier ones whose job ($2) has ended without closing them, and those of which lines came late; what a job still works on is its own. */
const UNCLOSED = `SELECT d.day FROM (
    SELECT $1::date AS day UNION SELECT day FROM query_day_person WHERE day < $1
    UNION SELECT (j.parameters ->> 'day')::date FROM job j WHERE j.kind = $2 AND j.state IN ('FAILED', 'CANCELLED') AND j.parameters ->> 'day' < $1::text
      AND NOT EXISTS (SELECT FROM query_log l WHERE l.day = (j.parameters ->> 'day')::date)
  ) AS d WHERE d.day = $1 OR NOT EXISTS (SELECT FROM job j WHERE j.kind = $2 AND j.state IN ('QUEUED', 'RUNNING') AND j.parameters ->> 'day' = d.day::text) ORDER BY d.day`;

const LOG_DAY = `INSERT INTO query_log (day, organisation, affair, mode, institution, provided, refused, alerts)
  SELECT $1, organisation, affair, mode, max(institution), sum(provided), sum(refused),
    (SELECT count(*) FROM log_alert a WHERE a.day = $1::date AND a.organisation = told.organisation)
  FROM (
    SELECT u.organisation, u.affair, u.mode, coalesce(g.institution, u.institution, '') AS institution, count(*) AS provided, 0 AS refused
    FROM use_record u LEFT JOIN provision_grant g ON g.grant_id = u.grant_id WHERE u.at >= $2 AND u.at < $3 GROUP BY 1, 2, 3, 4
    UNION ALL SELECT organisation, affair, '${INQUIRY_MODE}', min(institution), 0, sum(refused) FROM query_day WHERE day = $1::date GROUP BY organisation, affair
  ) AS told GROUP BY organisation, affair, mode
  ON CONFLICT (day, organisation, affair, mode) DO NOTHING RETURNING organisation, affair, mode, provided, refused, alerts`;

/** Counts who asked what on a day, from the audit trail and the use records; the path of an inquiry writes nothing for it. */
export class QueryDayStore {
  /** Whether anything was asked since the lines were last read, or provided on the day. */
  async isWork(db: Db, day: LocalDate): Promise<boolean> {
    const { place, id } = await this.position(db);
    return (await db.maybe(
      `SELECT 1 WHERE EXISTS (SELECT FROM audit_line WHERE (xid, id) > ($1::xid8, $2::uuid) AND starts_with(entry, '${LINE_START}'))
         OR EXISTS (SELECT FROM query_day WHERE day = $3::date) OR EXISTS (SELECT FROM query_day_person WHERE day < $3::date) OR EXISTS (SELECT FROM use_record WHERE at >= $4 AND at < $5)`,
      place, id, day, ...bounds(day),
    )) !== undefined;
  }

  /** Counts the next lines, and remembers where they end; how many there were. */
  async countLines(db: Db, { closed, most, at }: { closed: readonly LocalDate[]; most: number; at: Date }): Promise<number> {
    await db.run("INSERT INTO cursor (name, value, moved_at) VALUES ($1, '', $2) ON CONFLICT DO NOTHING", CURSOR, at.toISOString());
    await db.one('SELECT 1 FROM cursor WHERE name = $1 FOR UPDATE', CURSOR);
    const { place, id } = await this.position(db);
    const read = await db.maybe<{ lines: number; place: string; id: string }>(COUNT_LINES, place, id, most, closed);
    if (read !== undefined) await db.run('UPDATE cursor SET value = $2, moved_at = $3 WHERE name = $1', CURSOR, `${read.place} ${read.id}`, at.toISOString());
    return read?.lines ?? 0;
  }

  /** The days to close with this one: what a job of that kind that gave up has left behind is not lost. */
  async unclosed(db: Db, day: LocalDate, jobKind: string): Promise<LocalDate[]> {
    return (await db.many<{ day: string }>(UNCLOSED, day, jobKind)).map((row) => toLocalDate(row.day));
  }

  /** Draws the alerts of a day and writes its numbers; those that were not written before. */
  async close(db: Db, day: LocalDate): Promise<DayLog[]> {
    for (const alerts of ALERTS) await db.run(`${alerts} ON CONFLICT DO NOTHING`, day);
    const logged = await db.many<DayLog>(LOG_DAY, day, ...bounds(day));
    await db.run('DELETE FROM query_day_person WHERE day = $1', day);
    await db.run(`DELETE FROM query_day WHERE day < $1::date - ${VOLUME.lookBackDays}`, day);
    return logged;
  }

  private async position(db: Db): Promise<{ place: string; id: string }> {
    const row = await db.maybe<{ value: string }>('SELECT value FROM cursor WHERE name = $1', CURSOR);
    const [place = '', id = ''] = (row?.value ?? '').split(' ');
    return place === '' ? { place: '0', id: '00000000-0000-0000-0000-000000000000' } : { place, id };
  }
}

function bounds(day: LocalDate): [string, string] {
  return [startOfDayInJapan(day).toISOString(), startOfDayInJapan(addDays(day, 1)).toISOString()];
}
