import type { Db, FieldCipher, Row } from '#platform';
import type { CardProof, CaseState, ChangeCase } from './change-case.js';

export interface CaseRecord extends ChangeCase {
  readonly caseId: string;
  readonly municipalityCode: string;
  readonly filingId: string;
  readonly personKey: string;
  readonly assignmentId: string;
  readonly decidedBy: string | null;
  readonly newAssignmentId: string | null;
  readonly filedAt: Date;
  /** The card that the change has ended, once card-issuance has told it. */
  readonly formerCard: string | null;
}

/** What a step adds to a case; texts are kept encrypted, since they tell of the person's affairs. */
export interface CaseAdditions extends CardProof {
  readonly leaked?: boolean | undefined;
  readonly misuseRisk?: boolean | undefined;
  readonly evidence?: string | undefined;
  readonly reasons?: string | undefined;
  readonly decidedBy?: string | undefined;
  readonly newAssignmentId?: string | undefined;
  readonly settledBy?: string | undefined;
}

const COLUMNS = `case_id AS "caseId", municipality_code AS "municipalityCode", filing_id AS "filingId", person_key AS "personKey", assignment_id AS "assignmentId", kind, occasion,
  state, leaked, misuse_risk AS "misuseRisk", filed_by AS "filedBy", decided_by AS "decidedBy", new_assignment_id AS "newAssignmentId", filed_at AS "filedAt", former_card AS "formerCard"`;

export class ChangeCaseStore {
  constructor(private readonly cipher: FieldCipher) {}

  async add(db: Db, added: CaseRecord, statement: string): Promise<void> {
    await db.run(
      `INSERT INTO change_case (case_id, municipality_code, filing_id, person_key, assignment_id, kind, occasion, state, statement, filed_by, filed_at, changed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)`,
      added.caseId, added.municipalityCode, added.filingId, added.personKey, added.assignmentId, added.kind, added.occasion, added.state,
      this.cipher.encrypt('change_case.statement', statement), added.filedBy, added.filedAt.toISOString(),
    );
  }

  async find(db: Db, caseId: string): Promise<CaseRecord | undefined> {
    return db.maybe<CaseRecord & Row>(`SELECT ${COLUMNS} FROM change_case WHERE case_id = $1`, caseId);
  }

  async lock(db: Db, caseId: string): Promise<CaseRecord | undefined> {
    return db.maybe<CaseRecord & Row>(`SELECT ${COLUMNS} FROM change_case WHERE case_id = $1 FOR UPDATE`, caseId);
  }

  /** The case of this filing, if any. Filings of a municipality wait for each other until the transaction ends. */
  async lockFiling(db: Db, municipalityCode: string, filingId: string): Promise<CaseRecord | undefined> {
    await db.run("SELECT pg_advisory_xact_lock(hashtextextended('change-case/' || $1::text, 0))", municipalityCode);
    return db.maybe<CaseRecord & Row>(`SELECT ${COLUMNS} FROM change_case WHERE municipality_code = $1 AND filing_id = $2`, municipalityCode, filingId);
  }

  /** The person's case that is not over, locked. */
  async lockOpen(db: Db, personKey: string): Promise<CaseRecord | undefined> {
    return db.maybe<CaseRecord & Row>(`SELECT ${COLUMNS} FROM change_case WHERE person_key = $1 AND state NOT IN ('DENIED', 'CLOSED') FOR UPDATE`, personKey);
  }

  async setState(db: Db, caseId: string, step: { state: CaseState; at: Date }, added: CaseAdditions = {}): Promise<void> {
    const { leaked, misuseRisk, evidence, reasons, decidedBy, newAssignmentId, cardSerial, noCard, settledBy } = added;
    await db.run(
      `UPDATE change_case SET state = $2, changed_at = $3, leaked = coalesce($4, leaked), misuse_risk = coalesce($5, misuse_risk), evidence = coalesce($6, evidence),
         reasons = coalesce($7, reasons), decided_by = coalesce($8, decided_by), new_assignment_id = coalesce($9, new_assignment_id),
         card_serial = coalesce($10, card_serial), no_card = coalesce($11, no_card), settled_by = coalesce($12, settled_by) WHERE case_id = $1`,
      caseId, step.state, step.at.toISOString(), leaked ?? null, misuseRisk ?? null, this.seal('change_case.evidence', evidence), this.seal('change_case.reasons', reasons),
      decidedBy ?? null, newAssignmentId ?? null, cardSerial ?? null, noCard ?? null, settledBy ?? null,
    );
  }

  async setFormerCard(db: Db, caseId: string, cardSerial: string): Promise<void> {
    await db.run('UPDATE change_case SET former_card = $2 WHERE case_id = $1', caseId, cardSerial);
  }

  private seal(column: string, text: string | undefined): Buffer | null {
    return text === undefined ? null : this.cipher.encrypt(column, text);
  }
}
