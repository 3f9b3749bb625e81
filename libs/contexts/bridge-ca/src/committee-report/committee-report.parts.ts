import { route, type ContextParts, type Platform } from '#platform';
import { CollectReport } from './collect-report.js';
import { ReportStore } from './committee-report.store.js';
import { GetReport, ListReports } from './read-reports.js';
import { StepReport } from './step-report.js';

/** 認証業務情報保護委員会 (JPKI-3.16). */
export function committeeReportParts({ peers }: Platform): Partial<ContextParts> {
  const reports = new ReportStore();
  return {
    http: [
      route('POST', '/committee-reports', new CollectReport(reports, peers), { status: 201 }),
      route('GET', '/committee-reports', new ListReports(reports)),
      route('GET', '/committee-reports/:reportId', new GetReport(reports)),
      route('POST', '/committee-reports/:reportId/submission', new StepReport(reports, 'SUBMIT')),
      route('POST', '/committee-reports/:reportId/deliberation', new StepReport(reports, 'DELIBERATE')),
      route('POST', '/committee-reports/:reportId/answer', new StepReport(reports, 'ANSWER')),
    ],
  };
}
