import { route, type ContextParts } from '#platform';
import { CommitteeReportStore } from './committee-report.store.js';
import { ReportToCommittee, ReportToPublic } from './report-to-committee.js';

/** Reports in numbers (JUKI-5.6). */
export function committeeReportParts(): Partial<ContextParts> {
  const reports = new CommitteeReportStore();
  return {
    http: [
      route('GET', '/committee-reports', new ReportToCommittee(reports)),
      route('GET', '/public-reports/:fiscalYear', new ReportToPublic(reports)),
    ],
  };
}
