import { route, type ContextParts, type Platform } from '#platform';
import { onCertificateChanged } from '../on/on-certificate-changed.js';
import type { Shelf } from '../shelf.js';
import { CompareLedger, comparisonSchedules } from './compare-ledger.js';
import { ListMismatches } from './list-mismatches.js';

/** What keeps ledger, certificates and register from disagreeing in silence (CARD-3.5, 4.12 Q6). */
export function stateMismatchParts(shelf: Shelf, { peers }: Platform): Partial<ContextParts> {
  return {
    http: [route('GET', '/state-mismatches', new ListMismatches(shelf.mismatches))],
    subscriptions: [{ name: 'certificate-states', from: 'jpki-ca', filter: 'kiban.jpki-ca.certificate.>', handlers: onCertificateChanged(shelf.certificates) }],
    jobs: [new CompareLedger(shelf, peers)],
    schedules: comparisonSchedules(shelf),
  };
}
