import type { LocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import type { Eligible } from '../body/body.js';
import type { CompletionRule } from '../course/course.js';

/** The e-learning of a course while it is on offer, with what its course says of it. */
export interface Offer extends Row {
  readonly courseId: string;
  readonly courseCode: string;
  readonly fiscalYear: number;
  readonly courseState: string;
  readonly opensOn: LocalDate;
  readonly closesOn: LocalDate;
  readonly eligible: Eligible;
  /** Codes of courses to be completed before. */
  readonly prerequisites: readonly string[];
  readonly completionRule: CompletionRule;
  /** None of a course that is watched alone. */
  readonly packageId: string | null;
  readonly assessmentId: string | null;
  readonly floor: number;
  readonly poolPlaces: number;
  readonly poolTaken: number;
  readonly pooledAt: Date | null;
}

export interface Share extends Row {
  readonly bodyCode: string;
  readonly places: number;
  readonly taken: number;
}

export const OFFER_COLUMNS = `o.course_id AS "courseId", c.code AS "courseCode", c.fiscal_year AS "fiscalYear", c.state AS "courseState", c.opens_on AS "opensOn",
  c.closes_on AS "closesOn", c.eligible, c.prerequisites, c.completion_rule AS "completionRule", o.package_id AS "packageId", o.assessment_id AS "assessmentId", o.floor, o.pool_places AS "poolPlaces",
  o.pool_taken AS "poolTaken", o.pooled_at AS "pooledAt"`;

export class OfferStore {
  async find(db: Db, courseId: string): Promise<Offer | undefined> {
    return db.maybe<Offer>(`SELECT ${OFFER_COLUMNS} FROM elearning_offer o JOIN course c ON c.id = o.course_id WHERE o.course_id = $1`, courseId);
  }

  async lock(db: Db, courseId: string): Promise<Offer | undefined> {
    return db.maybe<Offer>(`SELECT ${OFFER_COLUMNS} FROM elearning_offer o JOIN course c ON c.id = o.course_id WHERE o.course_id = $1 FOR UPDATE OF o`, courseId);
  }

  async findByCode(db: Db, fiscalYear: number, courseCode: string): Promise<{ readonly courseId: string } | undefined> {
    return db.maybe('SELECT o.course_id AS "courseId" FROM elearning_offer o JOIN course c ON c.id = o.course_id WHERE c.fiscal_year = $1 AND c.code = $2', fiscalYear, courseCode);
  }

  /** False when the course has one. */
  async add(db: Db, offer: Pick<Offer, 'courseId' | 'packageId' | 'assessmentId' | 'floor'>, shares: ReadonlyMap<string, number>, at: Date): Promise<boolean> {
    const added = await db.run(
      'INSERT INTO elearning_offer (course_id, package_id, assessment_id, floor, pool_places, pool_taken, opened_at) VALUES ($1, $2, $3, $4, 0, 0, $5) ON CONFLICT DO NOTHING',
      offer.courseId, offer.packageId, offer.assessmentId, offer.floor, at.toISOString(),
    );
    if (added === 0) return false;
    await db.run('INSERT INTO elearning_share (course_id, body_code, places, taken) SELECT $1, *, 0 FROM unnest($2::text[], $3::int[])', offer.courseId, [...shares.keys()], [...shares.values()]);
    return true;
  }

  async share(db: Db, courseId: string, bodyCode: string): Promise<Share | undefined> {
    return db.maybe<Share>('SELECT body_code AS "bodyCode", places, taken FROM elearning_share WHERE course_id = $1 AND body_code = $2', courseId, bodyCode);
  }

  async shares(db: Db, courseId: string): Promise<Share[]> {
    return db.many<Share>('SELECT body_code AS "bodyCode", places, taken FROM elearning_share WHERE course_id = $1 ORDER BY body_code', courseId);
  }

  /** Takes as many of the wished places as the body has left. The caller holds the offer. */
  async takeOfShare(db: Db, courseId: string, bodyCode: string, wished: number): Promise<number> {
    const row = await db.maybe<{ got: number }>(
      `UPDATE elearning_share s SET taken = s.taken + least($3, s.places - s.taken) FROM (SELECT taken FROM elearning_share WHERE course_id = $1 AND body_code = $2 FOR UPDATE) before
       WHERE s.course_id = $1 AND s.body_code = $2 RETURNING s.taken - before.taken AS got`,
      courseId, bodyCode, wished,
    );
    return row?.got ?? 0;
  }

  /** Takes as many of the wished places as the common pool has left. The caller holds the offer. */
  async takeOfPool(db: Db, { courseId, poolTaken, poolPlaces }: Offer, wished: number): Promise<number> {
    const got = Math.min(wished, poolPlaces - poolTaken);
    return got > 0 && (await db.run('UPDATE elearning_offer SET pool_taken = pool_taken + $2 WHERE course_id = $1 AND pool_taken + $2 <= pool_places', courseId, got)) === 1 ? got : 0;
  }

  /** Gives one place back to where it came from; after the mid-point a body's own place becomes everybody's. */
  async giveBack(db: Db, courseId: string, place: { readonly bodyCode: string; readonly isFromPool: boolean; readonly isPooled: boolean }): Promise<void> {
    if (place.isFromPool) {
      await db.run('UPDATE elearning_offer SET pool_taken = pool_taken - 1 WHERE course_id = $1', courseId);
      return;
    }
    const lost = place.isPooled ? 1 : 0;
    await db.run('UPDATE elearning_share SET taken = taken - 1, places = places - $3 WHERE course_id = $1 AND body_code = $2', courseId, place.bodyCode, lost);
    if (lost > 0) await db.run('UPDATE elearning_offer SET pool_places = pool_places + 1 WHERE course_id = $1', courseId);
  }

  /** Moves all unused places into the common pool. The caller holds the offer. */
  async pool(db: Db, courseId: string, at: Date): Promise<number> {
    const { freed } = await db.one<{ freed: number }>(
      `WITH before AS (SELECT body_code, places - taken AS free FROM elearning_share WHERE course_id = $1 AND places > taken FOR UPDATE),
         cut AS (UPDATE elearning_share s SET places = s.taken FROM before b WHERE s.course_id = $1 AND s.body_code = b.body_code)
       SELECT coalesce(sum(free), 0)::int AS freed FROM before`,
      courseId,
    );
    await db.run('UPDATE elearning_offer SET pool_places = pool_places + $2, pooled_at = $3 WHERE course_id = $1', courseId, freed, at.toISOString());
    return freed;
  }

  /** Courses on offer whose mid-point is over and whose unused places are not yet everybody's. */
  async unpooled(db: Db, now: Date): Promise<string[]> {
    const rows = await db.many<{ courseId: string }>(
      `SELECT o.course_id AS "courseId" FROM elearning_offer o JOIN course c ON c.id = o.course_id
       WHERE o.pooled_at IS NULL AND (c.opens_on + (c.closes_on + 1 - c.opens_on) * interval '12 hours') AT TIME ZONE 'Asia/Tokyo' <= $1 ORDER BY o.course_id`,
      now.toISOString(),
    );
    return rows.map(({ courseId }) => courseId);
  }
}
