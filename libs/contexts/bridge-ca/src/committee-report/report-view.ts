import { z } from 'zod';
import { REPORT_STATES } from './committee-report.js';
import { figuresView, type ReportRow } from './committee-report.store.js';

export const reportId = z.uuid();
export const byReport = z.strictObject({ reportId });
export const month = z.string().regex(/^20\d{2}-(0[1-9]|1[0-2])$/);
export const paperRef = z.string().regex(/^[^\p{Cc}]+$/u).max(100).transform((text) => text.normalize('NFC'));

export const reportView = z.object({
  reportId, month: z.string(), state: z.enum(REPORT_STATES), collectedAt: z.iso.datetime(), submittedAt: z.iso.datetime().optional(), deliberatedOn: z.iso.date().optional(),
  opinionRef: z.string().optional(), answerRef: z.string().optional(), answeredAt: z.iso.datetime().optional(),
  figures: figuresView.describe('counts by topic; null where so few are meant that they could tell of single persons'),
});

export function viewOf(row: ReportRow): z.input<typeof reportView> {
  const { id, month: of, state, figures, collectedAt, submittedAt, deliberatedOn, opinionRef, answerRef, answeredAt } = row;
  return {
    reportId: id, month: of, state, collectedAt: collectedAt.toISOString(), submittedAt: submittedAt?.toISOString(), deliberatedOn: deliberatedOn ?? undefined, opinionRef: opinionRef ?? undefined,
    answerRef: answerRef ?? undefined, answeredAt: answeredAt?.toISOString(), figures: figures.map(({ topic, cells, total }) => ({ topic, cells: [...cells], total })),
  };
}
