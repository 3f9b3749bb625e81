import { addDays, localDateInJapan, type LocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import type { SupportMeasure } from './support-measure.js';

/** Somebody who moved away and whose days for applying again have passed. */
export interface Mover extends Row {
  readonly measure_id: string;
  readonly person_key: string;
  readonly livesHere: boolean;
  readonly pendingElsewhere: boolean;
}

/** A move from a municipality or into one. */
export interface MarkedMove {
  readonly personKey: string;
  readonly left: string | undefined;
  readonly arrived: string | undefined;
  readonly movedOn: LocalDate;
  readonly reapplyBy: LocalDate;
}

/** What is told about a person: `sequence` counts what was told of them. */
export interface ToldPerson extends Row {
  readonly person_key: string;
  readonly sequence: number;
  readonly active: boolean;
}

const COLUMNS = `measure_id AS "measureId", municipality_code AS "municipalityCode", state, grounds, start_event AS "startEvent", applied_on AS "appliedOn", consulted, necessary,
  starts_on AS "startsOn", ends_on AS "endsOn", end_reason AS "endReason"`;

export class SupportMeasureStore {
  /** The measure with its persons; the former municipalities of theirs and those named get to know that there is one. */
  async add(db: Db, measure: SupportMeasure, personKeys: readonly string[], more: { readonly concerned: readonly string[]; readonly at: Date }): Promise<void> {
    const at = more.at.toISOString();
    const { measureId, municipalityCode, grounds, startsOn, endsOn } = measure;
    await db.run(
      `INSERT INTO support_case (measure_id, municipality_code, state, grounds, start_event, applied_on, consulted, necessary, starts_on, ends_on, end_reason, changed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      measureId, municipalityCode, measure.state, grounds, measure.startEvent, measure.appliedOn, measure.consulted, measure.necessary,
      startsOn, endsOn, measure.endReason, at,
    );
    await db.run(
      `INSERT INTO support_measure (person_key, measure_id, municipality_code, grounds, starts_on, ends_on, registered_at)
       SELECT person_key, $2, $3, $4, $5, $6, $7 FROM unnest($1::uuid[]) AS person_key`,
      personKeys, measureId, municipalityCode, grounds, startsOn, endsOn, at,
    );
    await db.run(
      'INSERT INTO support_copy (measure_id, municipality_code, copied_at) SELECT DISTINCT $1::uuid, code, $3::timestamptz FROM unnest($2::text[]) AS code WHERE code <> $4 ON CONFLICT DO NOTHING',
      measureId, more.concerned, at, municipalityCode,
    );
    await this.copyToFormer(db, measure, more.at);
  }

  private async copyToFormer(db: Db, { measureId, municipalityCode }: SupportMeasure, at: Date): Promise<void> {
    await db.run(
      `INSERT INTO support_copy (measure_id, municipality_code, copied_at)
       SELECT DISTINCT m.measure_id, place.code, $3::timestamptz FROM support_measure m JOIN segment s ON s.person_key = m.person_key
       CROSS JOIN LATERAL (VALUES (s.municipality_code), (s.previous_municipality_code)) AS place (code)
       WHERE m.measure_id = $1 AND place.code <> $2 ON CONFLICT DO NOTHING`,
      measureId, municipalityCode, at.toISOString(),
    );
  }

  async find(db: Db, measureId: string): Promise<SupportMeasure | undefined> {
    return db.maybe<SupportMeasure & Row>(`SELECT ${COLUMNS} FROM support_case WHERE measure_id = $1`, measureId);
  }

  async lock(db: Db, measureId: string): Promise<SupportMeasure | undefined> {
    return db.maybe<SupportMeasure & Row>(`SELECT ${COLUMNS} FROM support_case WHERE measure_id = $1 FOR UPDATE`, measureId);
  }

  /** Writes a step; the persons who still belong to the measure get its term. */
  async save(db: Db, measure: SupportMeasure, at: Date): Promise<void> {
    const { measureId, startsOn, endsOn } = measure;
    await db.run(
      'UPDATE support_case SET state = $2, consulted = $3, necessary = $4, starts_on = $5, ends_on = $6, end_reason = $7, changed_at = $8 WHERE measure_id = $1',
      measureId, measure.state, measure.consulted, measure.necessary, startsOn, endsOn, measure.endReason, at.toISOString(),
    );
    await db.run(
      'UPDATE support_measure SET starts_on = $2, ends_on = $3 WHERE measure_id = $1 AND (ends_on IS NULL OR ends_on >= $4::date)',
      measureId, startsOn, endsOn, localDateInJapan(at),
    );
    if (measure.state === 'ACTIVE') await this.copyToFormer(db, measure, at);
  }

  async personsOf(db: Db, measureId: string): Promise<string[]> {
    const rows = await db.many<{ person_key: string }>('SELECT person_key FROM support_measure WHERE measure_id = $1 ORDER BY person_key', measureId);
    return rows.map((row) => row.person_key);
  }

  /** Whether one of them has a measure of this municipality, under way or in force; the persons stay locked, so that two applications meet. */
  async lockForApplication(db: Db, personKeys: readonly string[], at: { readonly municipalityCode: string; readonly today: LocalDate }): Promise<boolean> {
    await lockPersons(db, personKeys);
    const row = await db.maybe(
      `SELECT 1 FROM support_measure m JOIN support_case c USING (measure_id)
       WHERE m.person_key = ANY($1::uuid[]) AND c.municipality_code = $2 AND c.state <> 'ENDED' AND (m.ends_on IS NULL OR m.ends_on >= $3::date) LIMIT 1`,
      personKeys, at.municipalityCode, at.today,
    );
    return row !== undefined;
  }

  async addresses(db: Db, personKeys: readonly string[]): Promise<string[]> {
    const rows = await db.many<{ address: string }>(
      `SELECT s.address FROM person p JOIN segment s ON s.person_key = p.person_key AND s.municipality_code = p.municipality_code AND s.stay = p.stay
       WHERE p.person_key = ANY($1::uuid[])`,
      personKeys,
    );
    return rows.map((row) => row.address);
  }

  /** Which of the persons a measure protects on the day. */
  async protectedOf(db: Db, personKeys: readonly string[], today: LocalDate): Promise<Set<string>> {
    const rows = await db.many<{ person_key: string }>(
      'SELECT DISTINCT person_key FROM support_measure WHERE person_key = ANY($1::uuid[]) AND $2::date BETWEEN starts_on AND ends_on',
      personKeys, today,
    );
    return new Set(rows.map((row) => row.person_key));
  }

  async concerns(db: Db, personKey: string, municipalityCode: string): Promise<boolean> {
    const row = await db.maybe(
      'SELECT 1 FROM support_measure m JOIN support_copy c USING (measure_id) WHERE m.person_key = $1 AND c.municipality_code = $2 LIMIT 1', personKey, municipalityCode,
    );
    return row !== undefined;
  }

  async endingUntil(db: Db, municipalityCode: string, days: { readonly today: LocalDate; readonly until: LocalDate; readonly limit: number }): Promise<SupportMeasure[]> {
    return db.many<SupportMeasure & Row>(
      `SELECT ${COLUMNS} FROM support_case WHERE state = 'ACTIVE' AND municipality_code = $1 AND ends_on BETWEEN $2 AND $3 ORDER BY ends_on, measure_id LIMIT $4`,
      municipalityCode, days.today, days.until, days.limit,
    );
  }

  /** Counts on what is told about the persons; writers of one person wait for each other. */
  async tell(db: Db, personKeys: readonly string[], today: LocalDate): Promise<ToldPerson[]> {
    await lockPersons(db, personKeys);
    return db.many<ToldPerson>(
      `WITH next AS (SELECT person_key, max(told) + 1 AS sequence, coalesce(bool_or(ends_on >= $2::date), false) AS active
                     FROM support_measure WHERE person_key = ANY($1::uuid[]) GROUP BY person_key),
            counted AS (UPDATE support_measure m SET told = next.sequence FROM next WHERE m.person_key = next.person_key)
       SELECT * FROM next ORDER BY person_key`,
      personKeys, today,
    );
  }

  /** Which of these persons have a measure, in force or not. */
  async holders(db: Db, personKeys: readonly string[]): Promise<Set<string>> {
    const rows = await db.many<{ person_key: string }>('SELECT DISTINCT person_key FROM support_measure WHERE person_key = ANY($1::uuid[])', personKeys);
    return new Set(rows.map((row) => row.person_key));
  }

  /** Marks the measures in force that a move concerns: those of the place that was left, or those of any other than the new place. */
  async markMoved(db: Db, move: MarkedMove): Promise<string[]> {
    const rows = await db.many<{ measure_id: string }>(
      `UPDATE support_measure m SET reapply_by = $5 WHERE m.person_key = $1 AND ($2::text IS NULL OR m.municipality_code = $2) AND ($3::text IS NULL OR m.municipality_code <> $3)
         AND m.starts_on <= $4::date AND m.ends_on >= $4::date AND m.reapply_by IS NULL RETURNING m.measure_id`,
      move.personKey, move.left ?? null, move.arrived ?? null, move.movedOn, move.reapplyBy,
    );
    return rows.map((row) => row.measure_id);
  }

  async moversDue(db: Db, today: LocalDate): Promise<Mover[]> {
    return db.many<Mover>(
      `SELECT m.measure_id, m.person_key,
         coalesce(p.municipality_code = m.municipality_code AND CASE WHEN p.next_status_on <= $1::date THEN p.next_status ELSE p.status END = 'RESIDENT', false) AS "livesHere",
         EXISTS (SELECT FROM support_measure o JOIN support_case c USING (measure_id)
                 WHERE o.person_key = m.person_key AND c.municipality_code <> m.municipality_code AND c.state IN ('APPLIED', 'OPINION_PENDING')) AS "pendingElsewhere"
       FROM support_measure m LEFT JOIN person p ON p.person_key = m.person_key
       WHERE m.reapply_by < $1::date AND m.ends_on >= $1::date ORDER BY m.measure_id, m.person_key FOR UPDATE OF m`,
      today,
    );
  }

  async settleMovers(db: Db, movers: readonly Mover[], endsOn: LocalDate | undefined): Promise<void> {
    await db.run(
      `UPDATE support_measure m SET reapply_by = NULL, ends_on = coalesce($3::date, m.ends_on) FROM unnest($1::uuid[], $2::uuid[]) AS moved (measure_id, person_key)
       WHERE m.measure_id = moved.measure_id AND m.person_key = moved.person_key`,
      movers.map((mover) => mover.measure_id), movers.map((mover) => mover.person_key), endsOn ?? null,
    );
  }

  /** Ends the measures that protect nobody any more; tells the persons whose term passed with them. */
  async endPassed(db: Db, today: LocalDate, at: Date): Promise<string[]> {
    await db.run(
      `UPDATE support_case c SET state = 'ENDED', end_reason = 'MOVED_OUT', ends_on = $2, changed_at = $3
       WHERE state = 'ACTIVE' AND ends_on >= $1::date AND NOT EXISTS (SELECT FROM support_measure m WHERE m.measure_id = c.measure_id AND m.ends_on >= $1::date)`,
      today, addDays(today, -1), at.toISOString(),
    );
    const rows = await db.many<{ person_key: string }>(
      `WITH passed AS (UPDATE support_case SET state = 'ENDED', end_reason = 'TERM', changed_at = $2 WHERE state = 'ACTIVE' AND ends_on < $1::date RETURNING measure_id, ends_on)
       SELECT DISTINCT m.person_key FROM passed JOIN support_measure m USING (measure_id, ends_on) ORDER BY m.person_key`,
      today, at.toISOString(),
    );
    return rows.map((row) => row.person_key);
  }
}

async function lockPersons(db: Db, personKeys: readonly string[]): Promise<void> {
  await db.run('SELECT 1 FROM person WHERE person_key = ANY($1::uuid[]) ORDER BY person_key FOR NO KEY UPDATE', personKeys);
}
