import type { Db, Row } from '#platform';
import type { GROUNDS, RECORD_EXPLANATIONS, ReportState, SUSPECTED_ITEMS } from './error-report.js';

export interface ErrorReport {
  readonly reportId: string;
  readonly municipalityCode: string;
  readonly personKey: string;
  readonly items: (typeof SUSPECTED_ITEMS)[number][];
  readonly ground: (typeof GROUNDS)[number];
  readonly state: ReportState;
  /** Counts the changes of state from 1. */
  readonly version: number;
  readonly askedAt: Date;
  readonly noticeId: string | null;
  readonly explanation: (typeof RECORD_EXPLANATIONS)[number] | null;
  readonly answerReference: string | null;
}

const COLUMNS = `report_id AS "reportId", municipality_code AS "municipalityCode", person_key AS "personKey", items, ground, state, version, asked_at AS "askedAt",
  notice_id AS "noticeId", explanation, answer_reference AS "answerReference"`;

export class ErrorReportStore {
  /** False while another report about the record stands. */
  async add(db: Db, report: ErrorReport, officer: string): Promise<boolean> {
    const { reportId, municipalityCode, personKey, items, ground, state, version, askedAt } = report;
    const added = await db.run(
      `INSERT INTO error_report (report_id, municipality_code, person_key, items, ground, state, version, reported_by, asked_at, changed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) ON CONFLICT (municipality_code, person_key) WHERE state <> 'CLOSED' DO NOTHING`,
      reportId, municipalityCode, personKey, items, ground, state, version, officer, askedAt.toISOString(),
    );
    return added === 1;
  }

  async find(db: Db, reportId: string): Promise<ErrorReport | undefined> {
    return db.maybe<ErrorReport & Row>(`SELECT ${COLUMNS} FROM error_report WHERE report_id = $1`, reportId);
  }

  async lock(db: Db, reportId: string): Promise<ErrorReport | undefined> {
    return db.maybe<ErrorReport & Row>(`SELECT ${COLUMNS} FROM error_report WHERE report_id = $1 FOR UPDATE`, reportId);
  }

  async save(db: Db, { reportId, state, version, askedAt, noticeId, explanation, answerReference }: ErrorReport, at: Date): Promise<void> {
    await db.run(
      'UPDATE error_report SET state = $2, version = $3, asked_at = $4, notice_id = $5, explanation = $6, answer_reference = $7, changed_at = $8 WHERE report_id = $1',
      reportId, state, version, askedAt.toISOString(), noticeId, explanation, answerReference, at.toISOString(),
    );
  }

  /** In the order in which they were made; `within` is the beginning of the municipality codes. */
  async list(db: Db, page: { within: string; state: ReportState | undefined; after: string; limit: number }): Promise<ErrorReport[]> {
    return db.many<ErrorReport & Row>(
      `SELECT ${COLUMNS} FROM error_report WHERE starts_with(municipality_code, $1) AND ($2::text IS NULL OR state = $2) AND report_id > $3 ORDER BY report_id LIMIT $4`,
      page.within, page.state ?? null, page.after, page.limit,
    );
  }

  /** Whether the municipality has a record of the person, whatever its state. */
  async hasRecord(db: Db, personKey: string, municipalityCode: string): Promise<boolean> {
    return (await db.maybe('SELECT 1 FROM segment WHERE person_key = $1 AND municipality_code = $2 LIMIT 1', personKey, municipalityCode)) !== undefined;
  }
}
