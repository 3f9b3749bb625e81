import { route, type ContextParts, type Platform } from '#platform';
import { ApplySubsidy, ListSubsidies, SetSubsidyFund } from './apply-subsidy.js';
import { ApproveSubsidy, DeclineSubsidy, FixSubsidy, HoldSubsidised, lapseSubsidies, PaySubsidy, ReportSubsidised } from './step-subsidy.js';
import { SubsidyStore } from './subsidy.store.js';

/** Subsidies for group training that prefectures hold (TRN-4.11). */
export function subsidyParts({ cipher }: Platform): Partial<ContextParts> {
  const store = new SubsidyStore(cipher);
  return {
    http: [
      route('PUT', '/subsidy-funds/:fiscalYear', new SetSubsidyFund(store)),
      route('POST', '/subsidies', new ApplySubsidy(store), { status: 201 }),
      route('GET', '/subsidies', new ListSubsidies(store)),
      route('POST', '/subsidies/:caseId/steps/approval', new ApproveSubsidy(store)),
      route('POST', '/subsidies/:caseId/steps/declination', new DeclineSubsidy(store)),
      route('POST', '/subsidies/:caseId/steps/holding', new HoldSubsidised(store)),
      route('POST', '/subsidies/:caseId/steps/report', new ReportSubsidised(store), { upload: ['text/csv'] }),
      route('POST', '/subsidies/:caseId/steps/fixing', new FixSubsidy(store)),
      route('POST', '/subsidies/:caseId/steps/payment', new PaySubsidy(store)),
    ],
    schedules: [lapseSubsidies(store)],
  };
}
