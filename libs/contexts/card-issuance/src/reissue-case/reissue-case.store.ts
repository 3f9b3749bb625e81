import type { Ctx, Db, FieldCipher, Row } from '#platform';
import { REISSUE_EVENTS, type ReissueCase } from './reissue-case.js';

const COLUMNS = `case_id AS "caseId", card_serial AS "cardSerial", person_key AS "personKey", municipality_code AS "municipalityCode", cause, loss_place AS "lossPlace", state, outcome,
  card_yen AS "cardYen", certificates_yen AS "certificatesYen", waiver, application_id AS "applicationId", paid_yen AS "paidYen", receipt_no AS "receiptNo", version`;
const REPORT = 'reissue_case.police_report';
type CaseRow = ReissueCase & Row;

/** Cases of re-issue. */
export class ReissueCaseStore {
  constructor(private readonly cipher: FieldCipher) {}

  async add(ctx: Ctx, opened: ReissueCase, policeReport: string | undefined): Promise<void> {
    const { caseId, cardSerial, personKey, municipalityCode, cause, lossPlace, state, version } = opened;
    await ctx.db.run(
      `INSERT INTO reissue_case (case_id, card_serial, person_key, municipality_code, cause, loss_place, police_report, state, version, opened_at, moved_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)`,
      caseId, cardSerial, personKey, municipalityCode, cause, lossPlace, policeReport === undefined ? null : this.cipher.encrypt(REPORT, policeReport), state, version, ctx.now.toISOString(),
    );
    tell(ctx, opened);
  }

  /** The case as it is now; a step is an event of its own, a payment is none. */
  async save(ctx: Ctx, now: ReissueCase): Promise<void> {
    const { caseId, state, outcome, cardYen, certificatesYen, waiver, applicationId, version } = now;
    await ctx.db.run(
      `UPDATE reissue_case SET state = $2, outcome = $3, card_yen = $4, certificates_yen = $5, waiver = $6, application_id = $7, version = $8, moved_at = $9 WHERE case_id = $1`,
      caseId, state, outcome, cardYen, certificatesYen, waiver, applicationId, version, ctx.now.toISOString(),
    );
    tell(ctx, now);
  }

  async pay(db: Db, caseId: string, paid: { readonly yen: number; readonly receiptNo: string; readonly now: Date }): Promise<void> {
    await db.run('UPDATE reissue_case SET paid_yen = $2, receipt_no = $3, paid_at = $4 WHERE case_id = $1', caseId, paid.yen, paid.receiptNo, paid.now.toISOString());
  }

  async find(db: Db, caseId: string): Promise<ReissueCase | undefined> {
    return db.maybe<CaseRow>(`SELECT ${COLUMNS} FROM reissue_case WHERE case_id = $1`, caseId);
  }

  async lock(db: Db, caseId: string): Promise<ReissueCase | undefined> {
    return db.maybe<CaseRow>(`SELECT ${COLUMNS} FROM reissue_case WHERE case_id = $1 FOR UPDATE`, caseId);
  }

  async lockOpenOfCard(db: Db, cardSerial: string): Promise<ReissueCase | undefined> {
    return db.maybe<CaseRow>(`SELECT ${COLUMNS} FROM reissue_case WHERE card_serial = $1 AND state <> 'CLOSED' FOR UPDATE`, cardSerial);
  }

  async lockOfApplication(db: Db, applicationId: string): Promise<ReissueCase | undefined> {
    return db.maybe<CaseRow>(`SELECT ${COLUMNS} FROM reissue_case WHERE application_id = $1 AND state = 'APPLICATION_LINKED' FOR UPDATE`, applicationId);
  }

  async policeReport(db: Db, caseId: string): Promise<string | null> {
    const row = await db.maybe<{ report: Buffer | null }>('SELECT police_report AS report FROM reissue_case WHERE case_id = $1', caseId);
    return row?.report == null ? null : this.cipher.decrypt(REPORT, row.report);
  }
}

function tell(ctx: Ctx, { caseId, cardSerial, municipalityCode, cause, state, outcome, version }: ReissueCase): void {
  ctx.emit(REISSUE_EVENTS[state], { aggregateId: caseId, sequence: version, data: { caseId, cardSerial, municipalityCode, cause, ...(outcome === null ? {} : { outcome }) } });
}
