import { route, type ContextParts } from '#platform';
import type { Numbers } from '../numbers.js';
import { LinkByPersons } from './link-by-persons.js';
import { LinkReads } from './link-reads.js';
import { LinkByCode, LinkByNumber, StatusByNumber } from './look-up-link.js';
import { ReleaseLinkReads } from './release-link-reads.js';

/** Look-ups, counted (NUM-4.9, NUM-5.2). */
export function linkParts({ assignments, links, realm }: Numbers): Partial<ContextParts> {
  const reads = new LinkReads();
  return {
    http: [route('POST', '/link-read-releases', new ReleaseLinkReads(reads))],
    grpc: {
      'Numbering.LinkByCode': new LinkByCode({ links, reads, realm }),
      'Numbering.LinkByNumber': new LinkByNumber({ links, reads, realm }),
      'Numbering.LinkByPersons': new LinkByPersons(assignments, reads),
      'Numbering.StatusByNumber': new StatusByNumber({ links, reads, realm }),
    },
  };
}
