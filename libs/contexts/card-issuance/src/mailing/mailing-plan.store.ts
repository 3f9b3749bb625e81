import type { LocalDate } from '#kernel';
import type { Db, Row } from '#platform';

/** A list of addressees and how far its envelopes are planned. */
export interface MailingPlan {
  readonly setId: string;
  readonly municipalityCode: string;
  readonly baseDate: LocalDate | null;
  readonly households: number;
  readonly persons: number;
  readonly jobId: string | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly plannedPersons: number;
}
type PlanRow = MailingPlan & Row;

export interface Lot {
  readonly lotNo: number;
  readonly firstPosition: number;
  readonly lastPosition: number;
  readonly envelopes: number;
}

const COLUMNS = `set_id AS "setId", municipality_code AS "municipalityCode", base_date AS "baseDate", households, persons, job_id AS "jobId", started_at AS "startedAt", ended_at AS "endedAt",
  planned_persons AS "plannedPersons"`;
const LOT = 'lot_no AS "lotNo", first_position AS "firstPosition", last_position AS "lastPosition", envelopes';
/** Envelopes that are printed in one go. */
const LOT_SIZE = 5_000;

export class MailingPlanStore {
  /** False where the list was told before. */
  async add(db: Db, list: Pick<MailingPlan, 'setId' | 'municipalityCode' | 'households' | 'persons'> & { readonly baseDate: string | undefined; readonly now: Date }): Promise<boolean> {
    const added = await db.run(
      'INSERT INTO mailing_plan (set_id, municipality_code, base_date, households, persons, prepared_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING',
      list.setId, list.municipalityCode, list.baseDate ?? null, list.households, list.persons, list.now.toISOString(),
    );
    return added > 0;
  }

  async lockOf(db: Db, municipalityCode: string, baseDate: string): Promise<MailingPlan[]> {
    return db.many<PlanRow>(`SELECT ${COLUMNS} FROM mailing_plan WHERE municipality_code = $1 AND base_date = $2 ORDER BY set_id FOR UPDATE`, municipalityCode, baseDate);
  }

  async start(db: Db, setId: string, jobId: string, now: Date): Promise<void> {
    await db.run('UPDATE mailing_plan SET job_id = $2, started_at = $3 WHERE set_id = $1', setId, jobId, now.toISOString());
  }

  /** What a step of the planning has done; its envelopes join the last lot while that has room. */
  async advance(db: Db, setId: string, step: { readonly persons: number; readonly first: number; readonly last: number; readonly envelopes: number; readonly isLast: boolean; readonly now: Date }): Promise<void> {
    await db.run(
      'UPDATE mailing_plan SET planned_persons = planned_persons + $2, ended_at = CASE WHEN $3 THEN $4::timestamptz END WHERE set_id = $1', setId, step.persons, step.isLast, step.now.toISOString(),
    );
    if (step.envelopes > 0) await this.addToLot(db, setId, step);
  }

  async addToLot(db: Db, setId: string, stretch: { readonly first: number; readonly last: number; readonly envelopes: number }): Promise<void> {
    await db.run(
      `WITH joined AS (
         UPDATE mailing_lot SET last_position = $3, envelopes = envelopes + $4
         WHERE set_id = $1 AND lot_no = (SELECT max(lot_no) FROM mailing_lot WHERE set_id = $1) AND envelopes + $4 <= $5 RETURNING 1)
       INSERT INTO mailing_lot (set_id, lot_no, first_position, last_position, envelopes)
       SELECT $1, coalesce(max(lot_no), 0) + 1, $2, $3, $4 FROM mailing_lot WHERE set_id = $1 HAVING NOT EXISTS (SELECT 1 FROM joined)`,
      setId, stretch.first, stretch.last, stretch.envelopes, LOT_SIZE,
    );
  }

  async find(db: Db, setId: string): Promise<MailingPlan | undefined> {
    return db.maybe<PlanRow>(`SELECT ${COLUMNS} FROM mailing_plan WHERE set_id = $1`, setId);
  }

  async list(db: Db, filter: { readonly municipalityCode: string | undefined; readonly waiting: boolean; readonly after: string | undefined; readonly limit: number }): Promise<MailingPlan[]> {
    return db.many<PlanRow>(
      `SELECT ${COLUMNS} FROM mailing_plan WHERE ($1::text IS NULL OR municipality_code = $1) AND (NOT $2 OR started_at IS NULL) AND ($3::uuid IS NULL OR set_id > $3) ORDER BY set_id LIMIT $4`,
      filter.municipalityCode ?? null, filter.waiting, filter.after ?? null, filter.limit,
    );
  }

  async lots(db: Db, setId: string): Promise<Lot[]> {
    return db.many<Lot & Row>(`SELECT ${LOT} FROM mailing_lot WHERE set_id = $1 ORDER BY lot_no`, setId);
  }

  async lot(db: Db, setId: string, lotNo: number): Promise<Lot | undefined> {
    return db.maybe<Lot & Row>(`SELECT ${LOT} FROM mailing_lot WHERE set_id = $1 AND lot_no = $2`, setId, lotNo);
  }

  /** Envelopes of a list by state. */
  async states(db: Db, setId: string): Promise<{ readonly state: string; readonly envelopes: number }[]> {
    return db.many<{ state: string; envelopes: number }>('SELECT state, count(*) AS envelopes FROM mailing WHERE set_id = $1 GROUP BY state ORDER BY state', setId);
  }
}
