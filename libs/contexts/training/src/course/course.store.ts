import type { CourseKind, CourseSeries } from '#contracts/training';
import type { Db, Row } from '#platform';
import type { Eligible } from '../body/body.js';
import type { CourseLife, CourseShape, Level } from './course.js';

/** A fiscal-year edition of a course. */
export interface CourseRecord extends CourseLife, CourseShape {
  readonly id: string;
  readonly code: string;
  readonly fiscalYear: number;
  readonly title: string;
  readonly series: CourseSeries;
  readonly level: Level;
  readonly targetPosts: readonly string[];
  /** Of one session, or of all units of e-learning. */
  readonly plannedMinutes: number;
  /** Codes of courses to be completed before. */
  readonly prerequisites: readonly string[];
  readonly feeYen: number;
  readonly eligible: Eligible;
  /** Counts changes, from 1. */
  readonly version: number;
}

export interface CourseFilter {
  readonly fiscalYear: number;
  readonly series: CourseSeries | undefined;
  readonly kind: CourseKind | undefined;
  /** Without those that were never published. */
  readonly isPublic: boolean;
}

const COLUMNS = `id, code, fiscal_year AS "fiscalYear", title, series, kind, level, target_posts AS "targetPosts", planned_minutes AS "plannedMinutes", prerequisites, prework,
  completion_rule AS "completionRule", fee_yen AS "feeYen", eligible, capacity, opens_on AS "opensOn", closes_on AS "closesOn", state, drafted_by AS "draftedBy", version`;

export class CourseStore {
  async find(db: Db, id: string): Promise<CourseRecord | undefined> {
    return db.maybe<CourseRecord & Row>(`SELECT ${COLUMNS} FROM course WHERE id = $1`, id);
  }

  async lock(db: Db, id: string): Promise<CourseRecord | undefined> {
    return db.maybe<CourseRecord & Row>(`SELECT ${COLUMNS} FROM course WHERE id = $1 FOR UPDATE`, id);
  }

  async findByCode(db: Db, fiscalYear: number, code: string): Promise<CourseRecord | undefined> {
    return db.maybe<CourseRecord & Row>(`SELECT ${COLUMNS} FROM course WHERE fiscal_year = $1 AND code = $2`, fiscalYear, code);
  }

  /** By code. */
  async list(db: Db, { fiscalYear, series, kind, isPublic }: CourseFilter): Promise<CourseRecord[]> {
    return db.many<CourseRecord & Row>(
      `SELECT ${COLUMNS} FROM course WHERE fiscal_year = $1 AND ($2::text IS NULL OR series = $2) AND ($3::text IS NULL OR kind = $3)
         AND ($4::boolean IS FALSE OR state IN ('PUBLISHED', 'CLOSED', 'ARCHIVED')) ORDER BY code`,
      fiscalYear, series ?? null, kind ?? null, isPublic,
    );
  }

  /** False when the fiscal year has one of this code. */
  async add(db: Db, course: CourseRecord, at: Date): Promise<boolean> {
    const added = await db.run(
      `INSERT INTO course (id, code, fiscal_year, title, series, kind, level, target_posts, planned_minutes, prerequisites, completion_rule, fee_yen, eligible,
         capacity, opens_on, closes_on, state, drafted_by, version, created_at, changed_at, prework)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $20, $21) ON CONFLICT DO NOTHING`,
      course.id, course.code, course.fiscalYear, course.title, course.series, course.kind, course.level, course.targetPosts, course.plannedMinutes,
      course.prerequisites, course.completionRule, course.feeYen, JSON.stringify(course.eligible), course.capacity, course.opensOn, course.closesOn,
      course.state, course.draftedBy, course.version, at.toISOString(), course.prework,
    );
    return added === 1;
  }

  /** Everything but code, fiscal year and kind; raises the version. */
  async save(db: Db, course: CourseRecord, at: Date): Promise<void> {
    await db.run(
      `UPDATE course SET title = $2, series = $3, level = $4, target_posts = $5, planned_minutes = $6, prerequisites = $7, completion_rule = $8, fee_yen = $9,
         eligible = $10, capacity = $11, opens_on = $12, closes_on = $13, state = $14, drafted_by = $15, version = version + 1, changed_at = $16, prework = $17 WHERE id = $1`,
      course.id, course.title, course.series, course.level, course.targetPosts, course.plannedMinutes, course.prerequisites, course.completionRule, course.feeYen,
      JSON.stringify(course.eligible), course.capacity, course.opensOn, course.closesOn, course.state, course.draftedBy, at.toISOString(), course.prework,
    );
  }
}
