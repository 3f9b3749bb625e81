import { route, type ContextParts, type Platform } from '#platform';
import { leaveOutOtherEntries, onResidentMoved } from '../on/on-resident-moved.js';
import { closeDepartures } from '../resident/close-departures.js';
import { ReadCertificate, RequestCertificate, SendCertificate } from './carry-certificate.js';
import { NotifyMoveIn, WithdrawTransfer } from './move-transfer.js';
import { NotifyMoveOut } from './notify-move-out.js';
import { GetTransfer, ListInTransit, ListTransfers } from './show-transfers.js';
import { TransferStore } from './transfer.store.js';
import { watchTransfers } from './watch-transfers.js';

/** Moves between two municipalities (JUKI-3.4). */
export function transferParts({ cipher }: Platform): Partial<ContextParts> {
  const transfers = new TransferStore(cipher);
  return {
    http: [
      route('POST', '/transfers', new NotifyMoveOut(transfers), { status: 201 }),
      route('GET', '/transfers', new ListTransfers(transfers)),
      route('GET', '/transfers/in-transit', new ListInTransit(transfers)),
      route('GET', '/transfers/:transferId', new GetTransfer(transfers)),
      route('POST', '/transfers/:transferId/certificate-request', new RequestCertificate(transfers)),
      route('POST', '/transfers/:transferId/certificate', new SendCertificate(transfers)),
      route('GET', '/transfers/:transferId/certificate', new ReadCertificate(transfers)),
      route('POST', '/transfers/:transferId/move-in-notice', new NotifyMoveIn(transfers)),
      route('POST', '/transfers/:transferId/withdrawal', new WithdrawTransfer(transfers)),
    ],
    schedules: [watchTransfers(transfers), closeDepartures(transfers.residents)],
    subscriptions: [{ name: 'transfers', from: 'juki-net', filter: 'kiban.juki-net.resident.>', together: leaveOutOtherEntries, handlers: [], inSets: onResidentMoved(transfers) }],
  };
}
