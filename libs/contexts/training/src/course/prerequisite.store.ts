import type { Db } from '#platform';

/** A person as enrolments and registrations know him: the same keyed hash of body and staff number in both. */
export interface KnownPerson {
  readonly bodyCode: string;
  readonly person: Buffer;
}

/** Courses by their codes, in editions up to a fiscal year, completed by an instant. */
export interface Asked {
  readonly codes: readonly string[];
  readonly fiscalYear: number;
  readonly by: Date;
}

export class PrerequisiteStore {
  /** What each of these people has not completed, as a seminar or by e-learning, by the hex of the hash (TRN-3.1, 2); who has completed all is not among them. */
  async missing(db: Db, { codes, fiscalYear, by }: Asked, people: readonly KnownPerson[]): Promise<ReadonlyMap<string, readonly string[]>> {
    if (codes.length === 0 || people.length === 0) return new Map();
    const rows = await db.many<{ person: string; missing: string[] }>(
      `SELECT encode(p.person, 'hex') AS person, array_agg(n.code ORDER BY n.code) AS missing
       FROM (SELECT DISTINCT * FROM unnest($1::bytea[], $2::text[]) AS given (person, body_code)) p CROSS JOIN unnest($3::text[]) AS n (code)
       WHERE NOT EXISTS (SELECT 1 FROM course c JOIN enrolment e ON e.course_id = c.id AND e.person = p.person AND e.state IN ('COMPLETED', 'CERTIFIED') AND e.changed_at <= $5
                         WHERE c.code = n.code AND c.fiscal_year <= $4)
         AND NOT EXISTS (SELECT 1 FROM course c JOIN elearning_registration r ON r.course_id = c.id AND r.body_code = p.body_code AND r.learner_index = p.person
                           AND r.state = 'COMPLETED' AND r.ended_at <= $5 WHERE c.code = n.code AND c.fiscal_year <= $4)
       GROUP BY p.person`,
      people.map(({ person }) => person), people.map(({ bodyCode }) => bodyCode), codes, fiscalYear, by.toISOString(),
    );
    return new Map(rows.map(({ person, missing }) => [person, missing]));
  }
}
