import { addDays, type LocalDate, startOfDayInJapan, toLocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import { DUTY_HOURS, SAME_PERSON_ASKERS, VOLUME } from './log-alert.js';

/** How the audit lines of immediate inquiries begin, and the mode in which they provide. */
const LINE_START = '{"action":"juki-net.inquiry.ask"';
const INQUIRY_MODE = 'IMMEDIATE_HOST';
/** Those of the calls of neighbours, who leave no use record; of notices, which may be refused for what they say; of the work on batches. */
const NEIGHBOUR_LINES = `ARRAY['{"action":"juki-net.person.', '{"action":"juki-net.resident-code.']`;
const NOTICE_LINES = `ARRAY['{"action":"juki-net.change-notice.submit"', '{"action":"juki-net.notice-file.submit"']`;
const BATCH_LINE_START = '{"action":"job:juki-net.batch"';
const has = (fact: string): string => `position('${fact}' IN entry) > 0`;
const STRAY_ITEM = `entry ^@ ANY (${NOTICE_LINES}) AND ${has('"code":"ITEM_NOT_ALLOWED"')}`;
const REFUSED_LINES = `starts_with(entry, '${BATCH_LINE_START}') AND ${has('"refused":')}`;
const CURSOR = 'log-alert.lines';

export interface DayLog extends Row {
  readonly organisation: string;
  readonly affair: string;
  readonly mode: string;
  readonly provided: number;
  readonly refused: number;
  readonly alerts: number;
}

const INSERT_ALERT = 'INSERT INTO log_alert (alert_id, day, kind, organisation, client, officer, person_key, asked, mean, state)';
const isWatched = (person: string, day: string): string =>
  `EXISTS (SELECT FROM watched_person w WHERE w.person_key = ${person} AND w.since_on <= ${day} AND coalesce(w.ended_on, ${day}) >= ${day})`;

/**
 * The lines after a place, in the order of the chain, below what an open transaction may still precede: each is counted once. A purpose
 * that was refused is the caller's free text and no affair. What needs no whole day is an alert at once: a neighbour's call about a watched
 * person, and notices that say what is no identity information (JUKI-7).
 */
const COUNT_LINES = `WITH line AS MATERIALIZED (
  SELECT xid, id, at, entry FROM audit_line WHERE (xid, id) > ($1::xid8, $2::uuid) AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, id LIMIT $3
), asked AS MATERIALIZED (
  SELECT (at AT TIME ZONE 'Asia/Tokyo')::date AS day, (at AT TIME ZONE 'Asia/Tokyo')::time AS clock, entry::json AS e FROM line WHERE starts_with(entry, '${LINE_START}')
), named AS MATERIALIZED (
  SELECT day, clock, e ->> 'organisation' AS organisation, e ->> 'institution' AS institution, e ->> 'client' AS client, coalesce(e ->> 'operator', '') AS officer, coalesce(e ->> 'terminal', '') AS terminal,
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
  INSERT INTO query_day_person AS q (day, person_key, organisation, client, officer, asked, terminals)
  SELECT n.day, subject::uuid, n.organisation, n.client, n.officer, count(*), array_agg(DISTINCT n.terminal) FROM named n CROSS JOIN LATERAL json_array_elements_text(n.subjects) AS subject
  WHERE n.outcome = 'DONE' GROUP BY 1, 2, 3, 4, 5
  ON CONFLICT (day, person_key, organisation, client, officer) DO UPDATE
    SET asked = q.asked + excluded.asked, terminals = ARRAY(SELECT DISTINCT unnest(q.terminals || excluded.terminals))
), refused AS (
  INSERT INTO batch_refusal AS r (day, batch_id, lines)
  SELECT (at AT TIME ZONE 'Asia/Tokyo')::date, split_part(entry::json ->> 'object', ':', 2)::uuid, sum((entry::json -> 'facts' ->> 'refused')::bigint) FROM line WHERE ${REFUSED_LINES} GROUP BY 1, 2
  ON CONFLICT (day, batch_id) DO UPDATE SET lines = r.lines + excluded.lines
), other AS MATERIALIZED (
  SELECT (at AT TIME ZONE 'Asia/Tokyo')::date AS day, entry::json AS e FROM line WHERE entry ^@ ANY (${NEIGHBOUR_LINES}) OR (${STRAY_ITEM})
), alarmed AS (
  ${INSERT_ALERT} SELECT gen_random_uuid(), day, kind, organisation, client, officer, person_key, count(*), NULL, 'OPEN' FROM (
    SELECT o.day, 'WATCHED_PERSON' AS kind, e ->> 'organisation' AS organisation, e ->> 'client' AS client, coalesce(e ->> 'operator', '') AS officer, subject::uuid AS person_key
    FROM other o CROSS JOIN LATERAL json_array_elements_text(e -> 'subjects') AS subject WHERE e ->> 'outcome' = 'DONE' AND ${isWatched('subject::uuid', 'o.day')}
    UNION ALL SELECT day, 'ITEM_NOT_ALLOWED', e ->> 'organisation', '', '', NULL FROM other WHERE e ->> 'code' = 'ITEM_NOT_ALLOWED'
  ) AS alarm GROUP BY day, kind, organisation, client, officer, person_key
  ON CONFLICT (day, kind, organisation, client, officer, person_key) DO UPDATE SET asked = log_alert.asked + excluded.asked WHERE log_alert.state = 'OPEN'
) SELECT (SELECT count(*) FROM line)::int AS lines, last.xid::text AS place, last.id FROM (SELECT xid, id FROM line ORDER BY line.xid DESC, line.id DESC LIMIT 1) AS last`;

/** Alerts of the day $1; those of a day that is closed again are known already. */
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
     CASE WHEN count(DISTINCT organisation) = 1 THEN min(organisation) ELSE '' END, '', '', person_key, sum(asked) FILTER (WHERE n = 1), NULL, 'OPEN'
   FROM query_day_person CROSS JOIN LATERAL unnest(CASE terminals WHEN '{}' THEN '{""}' ELSE terminals END) WITH ORDINALITY AS t (terminal, n) WHERE day = $1::date GROUP BY person_key
   HAVING count(DISTINCT CASE terminal WHEN '' THEN ARRAY['', client, officer] ELSE ARRAY[terminal, organisation] END) >= ${SAME_PERSON_ASKERS}`,
  `${INSERT_ALERT} SELECT gen_random_uuid(), $1, 'WATCHED_PERSON', q.organisation, q.client, q.officer, q.person_key, q.asked, NULL, 'OPEN'
   FROM query_day_person q WHERE q.day = $1::date AND ${isWatched('q.person_key', '$1::date')}`,
];
/**
 * What else the register provided of watched persons, by the use records: batches, change feeds, matching, and what other contexts told of
 * that day, of an earlier one too. Who asked immediately is known by the lines.
 */
const USED_ALERTS = `${INSERT_ALERT} SELECT gen_random_uuid(), $1, 'WATCHED_PERSON', u.organisation, '', '', u.person_key, count(*), NULL, 'OPEN'
  FROM (SELECT DISTINCT person_key FROM watched_person WHERE since_on <= $1::date AND coalesce(ended_on, $1::date) >= $1::date) AS w JOIN use_record u ON u.person_key = w.person_key
  WHERE u.at >= $2::timestamptz - interval '31 days' AND coalesce(u.appended_at, u.at) >= $2 AND coalesce(u.appended_at, u.at) < $3
    AND (u.mode NOT LIKE 'IMMEDIATE%' OR u.appended_at IS NOT NULL) GROUP BY u.organisation, u.person_key`;

/** The day $1, earlier ones whose job ($2) has ended without closing them, and those of which lines came late; what a job still works on is its own. */
const UNCLOSED = `SELECT d.day FROM (
    SELECT $1::date AS day UNION SELECT day FROM query_day_person WHERE day < $1
    UNION SELECT (j.parameters ->> 'day')::date FROM job j WHERE j.kind = $2 AND j.state IN ('FAILED', 'CANCELLED') AND j.parameters ->> 'day' < $1::text
      AND NOT EXISTS (SELECT FROM query_log l WHERE l.day = (j.parameters ->> 'day')::date)
  ) AS d WHERE d.day = $1 OR NOT EXISTS (SELECT FROM job j WHERE j.kind = $2 AND j.state IN ('QUEUED', 'RUNNING') AND j.parameters ->> 'day' = d.day::text) ORDER BY d.day`;

/** A use of a feed without items is a listing and no provision, any other tells what became of the person; lines of batches that were answered 40 have no use, their work says how many. */
const LOG_DAY = `INSERT INTO query_log (day, organisation, affair, mode, institution, provided, refused, alerts)
  SELECT $1, organisation, affair, mode, max(institution), sum(provided), sum(refused),
    (SELECT count(*) FROM log_alert a WHERE a.day = $1::date AND a.organisation = told.organisation)
  FROM (
    SELECT u.organisation, u.affair, u.mode, coalesce(g.institution, u.institution, '') AS institution, count(*) AS provided, 0 AS refused
    FROM use_record u LEFT JOIN provision_grant g ON g.grant_id = u.grant_id WHERE u.at >= $2 AND u.at < $3 AND (u.mode <> 'CHANGE_FEED' OR u.items <> '{}') GROUP BY 1, 2, 3, 4
    UNION ALL SELECT b.organisation, coalesce(g.affair, ''), 'BATCH_LINE', b.institution, 0, r.lines
    FROM batch_refusal r JOIN provision_batch b USING (batch_id) LEFT JOIN provision_grant g ON g.grant_id = b.grant_id WHERE r.day = $1::date
    UNION ALL SELECT organisation, affair, '${INQUIRY_MODE}', min(institution), 0, sum(refused) FROM query_day WHERE day = $1::date GROUP BY organisation, affair
  ) AS told GROUP BY organisation, affair, mode
  ON CONFLICT (day, organisation, affair, mode) DO NOTHING RETURNING organisation, affair, mode, provided, refused, alerts`;

/** Counts who asked what on a day, from the audit trail and the use records; the path of an inquiry writes nothing for it. */
export class QueryDayStore {
  /** Whether anything was asked since the lines were last read, or provided on the day. */
  async isWork(db: Db, day: LocalDate): Promise<boolean> {
    const { place, id } = await this.position(db);
    return (await db.maybe(
      `SELECT 1 WHERE EXISTS (SELECT FROM audit_line WHERE (xid, id) > ($1::xid8, $2::uuid)
           AND (starts_with(entry, '${LINE_START}') OR entry ^@ ANY (${NEIGHBOUR_LINES}) OR (${STRAY_ITEM}) OR (${REFUSED_LINES})))
         OR EXISTS (SELECT FROM use_record WHERE appended_at >= $4 AND appended_at < $5)
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

  /** Whether lines of the day stand where an open transaction, whosever it is, may still precede them: they are not counted yet. */
  async isHeldBack(db: Db, day: LocalDate): Promise<boolean> {
    const [, end] = bounds(day);
    return (await db.maybe('SELECT 1 FROM audit_line WHERE xid >= pg_snapshot_xmin(pg_current_snapshot()) AND at < $1 LIMIT 1', end)) !== undefined;
  }

  /** The days to close with this one: what a job of that kind that gave up has left behind is not lost. */
  async unclosed(db: Db, day: LocalDate, jobKind: string): Promise<LocalDate[]> {
    return (await db.many<{ day: string }>(UNCLOSED, day, jobKind)).map((row) => toLocalDate(row.day));
  }

  /** Draws the alerts of a day and writes its numbers; those that were not written before. */
  async close(db: Db, day: LocalDate): Promise<DayLog[]> {
    for (const alerts of ALERTS) await db.run(`${alerts} ON CONFLICT DO NOTHING`, day);
    await db.run(`${USED_ALERTS} ON CONFLICT DO NOTHING`, day, ...bounds(day));
    const logged = await db.many<DayLog>(LOG_DAY, day, ...bounds(day));
    await db.run('DELETE FROM query_day_person WHERE day = $1', day);
    await db.run('DELETE FROM batch_refusal WHERE day = $1', day);
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
