import { z } from 'zod';
import { COMMITTEE_TOPICS } from '#contracts/jpki-ca';
import type { LocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import type { ReportState, TopicFigures } from './committee-report.js';

export interface ReportRow {
  readonly id: string;
  readonly month: string;
  readonly state: ReportState;
  readonly figures: readonly TopicFigures[];
  readonly collectedAt: Date;
  readonly submittedBy: string | null;
  readonly submittedAt: Date | null;
  readonly deliberatedOn: LocalDate | null;
  /** Papers of the committee and of the agency. */
  readonly opinionRef: string | null;
  readonly answerRef: string | null;
  readonly answeredBy: string | null;
  readonly answeredAt: Date | null;
}

type StoredRow = Omit<ReportRow, 'figures'> & { readonly figures: string } & Row;

const count = z.number().int().nullable();
export const figuresView = z.array(z.object({ topic: z.enum(COMMITTEE_TOPICS), cells: z.array(z.object({ name: z.string(), count })), total: count }));
const COLUMNS = `id, month, state, figures, collected_at AS "collectedAt", submitted_by AS "submittedBy", submitted_at AS "submittedAt", deliberated_on AS "deliberatedOn",
  opinion_ref AS "opinionRef", answer_ref AS "answerRef", answered_by AS "answeredBy", answered_at AS "answeredAt"`;

export class ReportStore {
  /** Of a month that has a draft, its figures are collected anew; undefined when the report of the month has left. */
  async collect(db: Db, report: { id: string; month: string; figures: readonly TopicFigures[]; at: Date; by: string }): Promise<ReportRow | undefined> {
    return opened(await db.maybe<StoredRow>(
      `INSERT INTO committee_report AS r (id, month, state, figures, collected_at, drafted_by) VALUES ($1, $2, 'DRAFT', $3, $4, $5)
       ON CONFLICT (month) DO UPDATE SET figures = excluded.figures, collected_at = excluded.collected_at, drafted_by = excluded.drafted_by WHERE r.state = 'DRAFT' RETURNING ${COLUMNS}`,
      report.id, report.month, JSON.stringify(report.figures), report.at.toISOString(), report.by,
    ));
  }

  async find(db: Db, id: string): Promise<ReportRow | undefined> {
    return opened(await db.maybe<StoredRow>(`SELECT ${COLUMNS} FROM committee_report WHERE id = $1`, id));
  }

  async lock(db: Db, id: string): Promise<ReportRow | undefined> {
    return opened(await db.maybe<StoredRow>(`SELECT ${COLUMNS} FROM committee_report WHERE id = $1 FOR UPDATE`, id));
  }

  /** The latest month first. */
  async list(db: Db, page: { before: string | undefined; limit: number }): Promise<ReportRow[]> {
    const rows = await db.many<StoredRow>(`SELECT ${COLUMNS} FROM committee_report WHERE ($1::text IS NULL OR month < $1) ORDER BY month DESC LIMIT $2`, page.before ?? null, page.limit);
    return rows.flatMap((row) => opened(row) ?? []);
  }

  async save(db: Db, report: ReportRow): Promise<void> {
    await db.run(
      'UPDATE committee_report SET state = $2, submitted_by = $3, submitted_at = $4, deliberated_on = $5, opinion_ref = $6, answer_ref = $7, answered_by = $8, answered_at = $9 WHERE id = $1',
      report.id, report.state, report.submittedBy, report.submittedAt?.toISOString() ?? null, report.deliberatedOn, report.opinionRef, report.answerRef, report.answeredBy, report.answeredAt?.toISOString() ?? null,
    );
  }
}

function opened(row: StoredRow | undefined): ReportRow | undefined {
  return row === undefined ? undefined : { ...row, figures: figuresView.parse(JSON.parse(row.figures)) };
}
