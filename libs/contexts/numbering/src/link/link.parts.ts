import { productionBatchReady } from '#contracts/card-issuance';
import { route, type ContextParts } from '#platform';
import type { Numbers } from '../numbers.js';
import { onProductionBatchReady } from '../on/on-production-batch-ready.js';
import { LinkByPersons } from './link-by-persons.js';
import { LinkReads } from './link-reads.js';
import { LinkByCode, LinkByNumber, StatusByNumber } from './look-up-link.js';
import { OfficerReads } from './officer-reads.js';
import { ReleaseLinkReads } from './release-link-reads.js';
import { SealedLists } from './sealed-lists.js';

/** Look-ups, counted (NUM-4.9, NUM-5.2). */
export function linkParts({ assignments, links, realm }: Numbers): Partial<ContextParts> {
  const [reads, lists] = [new LinkReads(), new SealedLists()];
  const parts = { links, reads, officers: new OfficerReads(), realm };
  return {
    http: [route('POST', '/link-read-releases', new ReleaseLinkReads(reads))],
    grpc: {
      'Numbering.LinkByCode': new LinkByCode(parts),
      'Numbering.LinkByNumber': new LinkByNumber(parts),
      'Numbering.LinkByPersons': new LinkByPersons(assignments, reads, lists),
      'Numbering.StatusByNumber': new StatusByNumber(parts),
    },
    subscriptions: [{ name: 'production-batches', from: 'card-issuance', filter: productionBatchReady.subject, handlers: [onProductionBatchReady(lists)] }],
  };
}
