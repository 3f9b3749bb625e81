import { route, type ContextParts } from '#platform';
import { AskRegister } from './ask-register.js';
import { countQuotas } from './count-quotas.js';
import { FindPersons } from './find-persons.js';
import { DraftGrant, GetGrant, StepGrant } from './manage-grant.js';
import { EnterRow, ListRows, StepRow } from './manage-rows.js';
import type { Provision } from './provision.js';
import { ScheduleRowStore } from './schedule-row.store.js';

/** Rows of the schedules, grants and immediate inquiries (JUKI-3.5, 4.7). */
export function inquiryParts(provision: Provision): Partial<ContextParts> {
  const { grants } = provision;
  const rows = new ScheduleRowStore();
  const ask = new AskRegister(provision);
  return {
    http: [
      route('GET', '/schedule-rows', new ListRows(rows)),
      route('POST', '/schedule-rows', new EnterRow(rows), { status: 201 }),
      route('POST', '/schedule-rows/:rowId/approval', new StepRow(rows, 'APPROVE')),
      route('POST', '/schedule-rows/:rowId/withdrawal', new StepRow(rows, 'WITHDRAW')),
      route('POST', '/grants', new DraftGrant(grants), { status: 201 }),
      route('GET', '/grants/:grantId', new GetGrant(grants)),
      route('POST', '/grants/:grantId/approval', new StepGrant(grants, 'APPROVE')),
      route('POST', '/grants/:grantId/suspension', new StepGrant(grants, 'SUSPEND')),
      route('POST', '/grants/:grantId/resumption', new StepGrant(grants, 'RESUME')),
      route('POST', '/grants/:grantId/end', new StepGrant(grants, 'END')),
      route('POST', '/inquiries', ask),
    ],
    grpc: { 'JukiRegister.FindPersons': new FindPersons(provision.inquiries), 'JukiRegister.Inquire': ask },
    schedules: [countQuotas(grants)],
  };
}
