import type { Db, Row } from '#platform';
import type { ElearningCounts } from './tables.js';
import type { ElearningRow } from './statistics.js';

/** Counts of registrations (TRN-4.10). */
export class ElearningFiguresStore implements ElearningCounts {
  async ofYear(db: Db, fiscalYear: number): Promise<ElearningRow[]> {
    return db.many<ElearningRow & Row>(
      `SELECT c.series, count(*) AS courses, sum(c.capacity) AS capacity, coalesce(sum(r.registered), 0)::bigint AS registered, coalesce(sum(r.started), 0)::bigint AS started,
         coalesce(sum(r.finished), 0)::bigint AS finished,
         (SELECT round((percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM g.ended_at - g.started_at)) / 86400)::numeric, 1)::float8
          FROM elearning_registration g JOIN course k ON k.id = g.course_id WHERE k.series = c.series AND k.fiscal_year = $1 AND g.state = 'COMPLETED') AS "medianDays"
       FROM course c LEFT JOIN (
         SELECT course_id, count(*) AS registered, count(*) FILTER (WHERE started_at IS NOT NULL) AS started, count(*) FILTER (WHERE state = 'COMPLETED') AS finished
         FROM elearning_registration WHERE state <> 'WITHDRAWN' GROUP BY course_id) r ON r.course_id = c.id
       WHERE c.fiscal_year = $1 AND c.kind = 'ELEARNING' GROUP BY c.series ORDER BY c.series`,
      fiscalYear,
    );
  }
}
