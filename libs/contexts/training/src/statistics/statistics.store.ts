import type { PrefectureNumber } from '#kernel';
import type { Db, Row } from '#platform';
import type { BodyKind } from '../body/body.js';
import { SEMINAR_PEOPLE, type MonthRow, type PeopleCount } from './statistics.js';

/** From one instant until before another, or the whole fiscal year. */
export interface Period {
  readonly fiscalYear: number | undefined;
  readonly from: Date | undefined;
  readonly to: Date | undefined;
}

/** People of one body. */
export interface BodyPeople extends Readonly<Record<PeopleCount, number>> {
  readonly code: string;
  readonly kind: BodyKind;
  readonly name: string;
  readonly population: number;
  readonly staff: number;
}

/** What is held in one prefecture. */
export interface HeldThere {
  readonly prefecture: PrefectureNumber;
  readonly sessions: number;
  readonly places: number;
}

/** Counts of the enrolments of a session; one that follows another is the same application. Who had a place at the start, came or did not. */
const PEOPLE_COUNTS = `count(*) FILTER (WHERE follows IS NULL) AS applications,
  count(*) FILTER (WHERE state IN ('ADMITTED', 'ATTENDING', 'ABSENT', 'INCOMPLETE', 'COMPLETED', 'CERTIFIED')) AS admitted, count(*) FILTER (WHERE state = 'ABSENT') AS absent,
  count(*) FILTER (WHERE state IN ('ATTENDING', 'INCOMPLETE', 'COMPLETED', 'CERTIFIED')) AS attended, count(*) FILTER (WHERE state IN ('COMPLETED', 'CERTIFIED')) AS completed`;
/** People of sessions by body, of enrolments that are on file. */
export const PEOPLE_OF_SESSION = `SELECT session_id, body_code, ${PEOPLE_COUNTS} FROM enrolment GROUP BY session_id, body_code`;
/** The same, with what is kept of those who were forgotten (TRN-9). */
const PEOPLE = `(${PEOPLE_OF_SESSION} UNION ALL SELECT f.session_id, b.* FROM session_figure f,
  LATERAL jsonb_to_recordset(f.bodies) AS b (body_code text, ${SEMINAR_PEOPLE.map((name) => `${name} bigint`).join(', ')}))`;
const SUMS = SEMINAR_PEOPLE.map((name) => `sum(n.${name}) AS ${name}`).join(', ');
const PLACES = 'LEAST(s.capacity, s.room_places, s.lab_machines, s.materials)';
const TAKES_PLACE = "s.state NOT IN ('CANCELLED', 'POSTPONED')";
const IN_PERIOD = '($1::int IS NULL OR c.fiscal_year = $1) AND ($2::timestamptz IS NULL OR s.starts_at >= $2) AND ($3::timestamptz IS NULL OR s.starts_at < $3)';
const periodValues = ({ fiscalYear, from, to }: Period): unknown[] => [fiscalYear ?? null, from?.toISOString() ?? null, to?.toISOString() ?? null];

export class StatisticsStore {
  /** Seminars by series, the plan and extra sessions apart. */
  async seminars(db: Db, period: Period): Promise<MonthRow[]> {
    return db.many<MonthRow & Row>(
      `SELECT c.series, s.is_extra AS "isExtra", count(*) AS planned, count(*) FILTER (WHERE s.state IN ('HELD', 'REPORTED')) AS held,
         count(*) FILTER (WHERE NOT ${TAKES_PLACE}) AS "calledOff", coalesce(sum(${PLACES}) FILTER (WHERE ${TAKES_PLACE}), 0) AS capacity,
         ${SEMINAR_PEOPLE.map((name) => `coalesce(sum(e.${name}), 0)::bigint AS ${name}`).join(', ')}
       FROM session s JOIN course c ON c.id = s.course_id LEFT JOIN (SELECT n.session_id, ${SUMS} FROM ${PEOPLE} n GROUP BY n.session_id) e ON e.session_id = s.id
       WHERE ${IN_PERIOD} GROUP BY c.series, s.is_extra ORDER BY c.series, s.is_extra`,
      ...periodValues(period),
    );
  }

  /** People at seminars by body, by code: of all bodies on file, or of one. */
  async bodies(db: Db, fiscalYear: number, code?: string): Promise<BodyPeople[]> {
    return db.many<BodyPeople & Row>(
      `SELECT b.code, b.kind, b.name, b.population, b.staff, ${SEMINAR_PEOPLE.map((name) => `coalesce(e.${name}, 0)::bigint AS ${name}`).join(', ')}
       FROM body b LEFT JOIN (
         SELECT n.body_code, ${SUMS} FROM ${PEOPLE} n JOIN session s ON s.id = n.session_id JOIN course c ON c.id = s.course_id WHERE c.fiscal_year = $1 GROUP BY n.body_code) e ON e.body_code = b.code
       WHERE $2::text IS NULL OR b.code = $2 ORDER BY b.code`,
      fiscalYear, code ?? null,
    );
  }

  /** Sessions that take or took place, by prefecture. */
  async places(db: Db, fiscalYear: number): Promise<HeldThere[]> {
    return db.many<HeldThere & Row>(
      `SELECT s.prefecture, count(*) AS sessions, sum(${PLACES}) AS places FROM session s JOIN course c ON c.id = s.course_id
       WHERE c.fiscal_year = $1 AND ${TAKES_PLACE} GROUP BY s.prefecture ORDER BY s.prefecture`,
      fiscalYear,
    );
  }

  async month(db: Db, month: string): Promise<{ readonly report: unknown; readonly closedAt: Date } | undefined> {
    return db.maybe<{ report: unknown; closedAt: Date }>('SELECT report, closed_at AS "closedAt" FROM statistics_month WHERE month = $1', month);
  }

  /** False when the month was closed before: its report stays. */
  async close(db: Db, month: string, report: unknown, at: Date): Promise<boolean> {
    return (await db.run('INSERT INTO statistics_month (month, report, closed_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', month, JSON.stringify(report), at.toISOString())) === 1;
  }
}
