import { jukiNetProblems, writtenText } from '#contracts/juki-net';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { ChangeNoticeStore } from './change-notice.store.js';
import { answersReport, RECORD_EXPLANATIONS, REPORT_STATES, stepReport, type ReportStep } from './error-report.js';
import type { ErrorReport, ErrorReportStore } from './error-report.store.js';
import { tellSuspicion } from './report-error.js';

const output = z.object({ reportId: z.uuid(), state: z.enum(REPORT_STATES) });

const answerSpec = useCase({
  action: 'juki-net.error-report.answer',
  kind: 'command',
  summary: 'Answers a report by a notice that was sent since, or by an explanation with the reference of its document',
  input: z.strictObject({
    reportId: z.uuid(), noticeId: z.uuid().optional(), explanation: z.enum(RECORD_EXPLANATIONS).optional(),
    answerReference: writtenText(60).optional().describe('reference of the explanation; no personal data'),
  }).refine(({ noticeId, explanation, answerReference }) => (noticeId === undefined) === (explanation !== undefined) && (explanation === undefined) === (answerReference === undefined), { params: { code: 'ONE_ANSWER' } }),
  output,
  refusals: [...refusals(jukiNetProblems, 'ANSWER_NOTICE', 'ERROR_REPORT_STATE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

export class AnswerErrorReport implements UseCase<typeof answerSpec> {
  readonly spec = answerSpec;
  constructor(
    private readonly reports: ErrorReportStore,
    private readonly notices: ChangeNoticeStore,
  ) {}

  async execute(ctx: Ctx, { reportId, noticeId, explanation, answerReference }: InputOf<typeof answerSpec>): Promise<OutputOf<typeof answerSpec>> {
    const report = await lockReport(ctx, this.reports, reportId);
    const stepped = steppedReport(report, 'ANSWER');
    const notice = noticeId === undefined ? undefined : await this.notices.find(ctx.db, noticeId);
    if (noticeId !== undefined && (notice === undefined || !answersReport(notice, report))) throw jukiNetProblems.refuse('ANSWER_NOTICE');
    return saveReport(ctx, this.reports, report, { ...stepped, noticeId: noticeId ?? null, explanation: explanation ?? null, answerReference: answerReference ?? null });
  }
}

const reviewSpec = useCase({
  action: 'juki-net.error-report.review',
  kind: 'command',
  summary: 'Closes a report whose answer is accepted, asks again, or withdraws one that was made by mistake',
  input: z.strictObject({ reportId: z.uuid(), outcome: z.enum(['ACCEPT', 'ASK_AGAIN', 'WITHDRAW']) }),
  output,
  refusals: [...refusals(jukiNetProblems, 'ERROR_REPORT_STATE'), ...refusals(platformProblems, 'NOT_FOUND')],
});

export class ReviewErrorReport implements UseCase<typeof reviewSpec> {
  readonly spec = reviewSpec;
  constructor(private readonly reports: ErrorReportStore) {}

  async execute(ctx: Ctx, { reportId, outcome }: InputOf<typeof reviewSpec>): Promise<OutputOf<typeof reviewSpec>> {
    const report = await lockReport(ctx, this.reports, reportId);
    const stepped = steppedReport(report, outcome);
    const reviewed = outcome === 'ASK_AGAIN' ? { ...stepped, askedAt: ctx.now } : stepped;
    if (outcome === 'ASK_AGAIN') tellSuspicion(ctx, reviewed);
    return saveReport(ctx, this.reports, report, reviewed);
  }
}

async function lockReport(ctx: Ctx, reports: ErrorReportStore, reportId: string): Promise<ErrorReport> {
  const report = await reports.lock(ctx.db, reportId);
  if (report === undefined) throw platformProblems.refuse('NOT_FOUND');
  requireJurisdiction(ctx, report.municipalityCode);
  return report;
}

function steppedReport(report: ErrorReport, step: ReportStep): ErrorReport {
  const state = stepReport(report.state, step);
  if (state === undefined) throw jukiNetProblems.refuse('ERROR_REPORT_STATE', { facts: { state: report.state } });
  return { ...report, state, version: report.version + 1 };
}

async function saveReport(ctx: Ctx, reports: ErrorReportStore, from: ErrorReport, to: ErrorReport): Promise<z.input<typeof output>> {
  await reports.save(ctx.db, to, ctx.now);
  ctx.audit({ object: `error-report:${to.reportId}`, subjects: [to.personKey], facts: { from: from.state, to: to.state } });
  return { reportId: to.reportId, state: to.state };
}
