import type { LocalDate } from '#kernel';
import type { Db, FieldCipher, Row } from '#platform';
import type { Attendee } from './attendance-list.js';
import type { Costs, SubsidyState } from './subsidy.js';

export interface SubsidyCase {
  readonly id: string;
  /** Organisation that holds the meeting. */
  readonly host: string;
  readonly prefecture: string;
  readonly fiscalYear: number;
  readonly title: string;
  readonly municipalities: readonly string[];
  readonly plannedOn: LocalDate;
  readonly plannedParticipants: number;
  readonly plannedCosts: Costs;
  readonly state: SubsidyState;
  readonly approvedYen: number | null;
  readonly heldOn: LocalDate | null;
  readonly actualCosts: Costs | null;
  /** People of the attendance list. */
  readonly participants: number | null;
  readonly fixedYen: number | null;
  /** Why it was declined, or the reference of the payment. */
  readonly note: string | null;
}

const COLUMNS = `id, host, prefecture, fiscal_year AS "fiscalYear", title, municipalities, planned_on AS "plannedOn", planned_participants AS "plannedParticipants",
  planned_costs AS "plannedCosts", state, approved_yen AS "approvedYen", held_on AS "heldOn", actual_costs AS "actualCosts", participants, fixed_yen AS "fixedYen", note`;

export class SubsidyStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** False when more is approved already. */
  async putFund(db: Db, fiscalYear: number, fundYen: number): Promise<boolean> {
    const put = await db.run(
      `INSERT INTO subsidy_fund (fiscal_year, fund_yen, approved_yen) VALUES ($1, $2, 0)
       ON CONFLICT (fiscal_year) DO UPDATE SET fund_yen = excluded.fund_yen WHERE subsidy_fund.approved_yen <= excluded.fund_yen`,
      fiscalYear, fundYen,
    );
    return put === 1;
  }

  /** Takes from the fund, or gives back what is negative; false when it has not so much. */
  async takeFromFund(db: Db, fiscalYear: number, yen: number): Promise<boolean> {
    return (await db.run('UPDATE subsidy_fund SET approved_yen = approved_yen + $2 WHERE fiscal_year = $1 AND approved_yen + $2 <= fund_yen', fiscalYear, yen)) === 1;
  }

  async add(db: Db, one: SubsidyCase, at: Date): Promise<void> {
    await db.run(
      `INSERT INTO subsidy_case (id, host, prefecture, fiscal_year, title, municipalities, planned_on, planned_participants, planned_costs, state, applied_at, changed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)`,
      one.id, one.host, one.prefecture, one.fiscalYear, one.title, one.municipalities, one.plannedOn, one.plannedParticipants, JSON.stringify(one.plannedCosts), one.state, at.toISOString(),
    );
  }

  async lock(db: Db, id: string): Promise<SubsidyCase | undefined> {
    return db.maybe<SubsidyCase & Row>(`SELECT ${COLUMNS} FROM subsidy_case WHERE id = $1 FOR UPDATE`, id);
  }

  /** The newest first; of one host, or all. */
  async list(db: Db, { host, before, limit }: { readonly host: string | undefined; readonly before: string | undefined; readonly limit: number }): Promise<SubsidyCase[]> {
    return db.many<SubsidyCase & Row>(`SELECT ${COLUMNS} FROM subsidy_case WHERE ($1::text IS NULL OR host = $1) AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`, host ?? null, before ?? null, limit);
  }

  /** Those whose day was before this one and that nobody has reported, locked. */
  async lockUnreported(db: Db, heldBefore: LocalDate): Promise<SubsidyCase[]> {
    return db.many<SubsidyCase & Row>(`SELECT ${COLUMNS} FROM subsidy_case WHERE state IN ('APPROVED', 'HELD') AND coalesce(held_on, planned_on) < $1 ORDER BY id FOR UPDATE`, heldBefore);
  }

  async save(db: Db, { id, state, approvedYen, heldOn, actualCosts, participants, fixedYen, note }: SubsidyCase, at: Date): Promise<void> {
    await db.run(
      'UPDATE subsidy_case SET state = $2, approved_yen = $3, held_on = $4, actual_costs = $5, participants = $6, fixed_yen = $7, note = $8, changed_at = $9 WHERE id = $1',
      id, state, approvedYen, heldOn, actualCosts === null ? null : JSON.stringify(actualCosts), participants, fixedYen, note, at.toISOString(),
    );
  }

  /** In the place of those of an earlier list. */
  async putAttendees(db: Db, caseId: string, attendees: readonly Attendee[], completedOn: LocalDate): Promise<void> {
    await db.run('DELETE FROM external_completion WHERE case_id = $1', caseId);
    await db.run(
      'INSERT INTO external_completion (case_id, body_code, person, learner, completed_on) SELECT $1, b, p, l, $5 FROM unnest($2::text[], $3::bytea[], $4::bytea[]) AS n (b, p, l)',
      caseId, attendees.map(({ bodyCode }) => bodyCode), attendees.map(({ bodyCode, staffNo }) => this.cipher.blindIndex('learner', `${bodyCode}\0${staffNo}`)),
      attendees.map((attendee) => this.cipher.encrypt('external_completion.learner', JSON.stringify(attendee))), completedOn,
    );
  }

  /** Municipalities whose people attended. */
  async attendedMunicipalities(db: Db, caseId: string): Promise<string[]> {
    return (await db.many<{ code: string }>('SELECT DISTINCT body_code AS code FROM external_completion WHERE case_id = $1', caseId)).map(({ code }) => code);
  }
}
