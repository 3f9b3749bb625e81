import { route, type ContextParts, type Platform } from '#platform';
import type { Numbers } from '../numbers.js';
import { TAKES_FILES } from '../exchange/file-exchange.js';
import { onMailing } from '../on/on-mailing.js';
import { CheckDeliveryTargets } from './check-delivery-targets.js';
import { DeliveryTargetStore } from './delivery-target.store.js';
import { dropBrokenUploads } from './drop-broken-uploads.js';
import { ListDeliveryTargets } from './list-delivery-targets.js';
import { ListTargetFaults } from './list-faults.js';
import { ReadDeliveryTargetSet } from './read-set.js';
import { SubmitDeliveryTargets } from './submit-delivery-targets.js';

/** Where the first notices go (NUM-3.5). */
export function deliveryTargetParts({ cipher }: Platform, { assignments, files, realm, register }: Numbers): Partial<ContextParts> {
  const targets = new DeliveryTargetStore(cipher);
  return {
    http: [
      route('POST', '/delivery-target-sets', new SubmitDeliveryTargets(targets, files, realm), { status: 202, ...TAKES_FILES }),
      route('GET', '/delivery-target-sets/:setId', new ReadDeliveryTargetSet(targets)),
      route('GET', '/delivery-target-sets/:setId/faults', new ListTargetFaults(targets)),
    ],
    grpc: { 'Numbering.ListDeliveryTargets': new ListDeliveryTargets(targets) },
    subscriptions: [{ name: 'mailings', from: 'card-issuance', filter: 'kiban.card-issuance.mailing.>', handlers: onMailing(targets) }],
    jobs: [new CheckDeliveryTargets(targets, assignments, register)],
    schedules: [dropBrokenUploads(targets)],
  };
}
