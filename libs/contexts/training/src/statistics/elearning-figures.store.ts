import type { Db, Row } from '#platform';
import type { ElearningCounts } from './tables.js';
import type { ElearningRow } from './statistics.js';

/** Counts of registrations (TRN-4.10), those who were forgotten among them (TRN-9). */
export class ElearningFiguresStore implements ElearningCounts {
  async ofYear(db: Db, fiscalYear: number): Promise<ElearningRow[]> {
    return db.many<ElearningRow & Row>(
      `WITH person AS (
         SELECT course_id, started_at IS NOT NULL AS is_started, state = 'COMPLETED' AS is_finished, CASE WHEN state = 'COMPLETED' THEN extract(epoch FROM ended_at - started_at)::float8 END AS seconds
         FROM elearning_registration WHERE state <> 'WITHDRAWN'
         UNION ALL SELECT course_id, is_started, is_finished, seconds FROM elearning_figure)
       SELECT c.series, count(*) AS courses, sum(c.capacity) AS capacity, coalesce(sum(r.registered), 0)::bigint AS registered, coalesce(sum(r.started), 0)::bigint AS started,
         coalesce(sum(r.finished), 0)::bigint AS finished,
         (SELECT round((percentile_cont(0.5) WITHIN GROUP (ORDER BY g.seconds) / 86400)::numeric, 1)::float8
          FROM person g JOIN course k ON k.id = g.course_id WHERE k.series = c.series AND k.fiscal_year = $1 AND g.is_finished) AS "medianDays"
       FROM course c LEFT JOIN (
         SELECT course_id, count(*) AS registered, count(*) FILTER (WHERE is_started) AS started, count(*) FILTER (WHERE is_finished) AS finished FROM person GROUP BY course_id) r ON r.course_id = c.id
       WHERE c.fiscal_year = $1 AND c.kind = 'ELEARNING' GROUP BY c.series ORDER BY c.series`,
      fiscalYear,
    );
  }
}
