import { route, type ContextParts } from '#platform';
import { CallRecordStore } from './call-record.store.js';
import { RecordCall, ShowAgentDesk } from './record-call.js';
import { ReportServiceLevel, ShowStaffing } from './service-level.js';
import type { Shelf } from '../shelf.js';

/** The call centre (CARD-4.18). */
export function callRecordParts({ stopOrders }: Shelf): Partial<ContextParts> {
  const calls = new CallRecordStore();
  return {
    http: [
      route('POST', '/call-records', new RecordCall(calls), { status: 201 }),
      route('GET', '/call-centre/desk', new ShowAgentDesk()),
      route('GET', '/call-centre/service-level', new ReportServiceLevel(calls, stopOrders)),
      route('GET', '/call-centre/staffing', new ShowStaffing(calls)),
    ],
  };
}
