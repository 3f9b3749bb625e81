import { route, type ContextParts } from '#platform';
import type { PersonViewStore } from '../resident/person-view.store.js';
import { ErrorReportStore } from './error-report.store.js';
import { GetErrorReport, ListErrorReports } from './read-error-report.js';
import type { Register } from './register.js';
import { ReportError } from './report-error.js';
import { AnswerErrorReport, ReviewErrorReport } from './step-error-report.js';

/** Suspected errors, told to the municipality and corrected by nobody else (JUKI-3.3). */
export function errorReportParts({ residents, notices }: Register, views: PersonViewStore): Partial<ContextParts> {
  const reports = new ErrorReportStore();
  return {
    http: [
      route('POST', '/error-reports', new ReportError(reports, residents), { status: 201 }),
      route('GET', '/error-reports', new ListErrorReports(reports)),
      route('GET', '/error-reports/:reportId', new GetErrorReport(reports, views)),
      route('POST', '/error-reports/:reportId/answer', new AnswerErrorReport(reports, notices)),
      route('POST', '/error-reports/:reportId/review', new ReviewErrorReport(reports)),
    ],
  };
}
