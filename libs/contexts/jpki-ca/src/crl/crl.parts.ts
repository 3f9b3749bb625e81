import { route, type ContextParts } from '#platform';
import { GetChanges } from './get-changes.js';
import { GetIssue } from './get-issue.js';
import { GetSerials } from './get-serials.js';
import type { ListParts } from './list-access.js';
import { ListPartitions } from './list-partitions.js';

/** The forms of the revocation lists beside the current one, and their names (JPKI 5). */
export function listParts(parts: ListParts): Partial<ContextParts> {
  return {
    http: [
      route('GET', '/crl-partitions', new ListPartitions(parts.crls, parts.authorities)),
      route('GET', '/crl-partitions/:partitionId/current.serials', new GetSerials(parts), { binary: ['application/octet-stream'], tagged: true }),
      route('GET', '/crl-partitions/:partitionId/issues/:number.crl', new GetIssue(parts), { binary: ['application/pkix-crl'], tagged: true }),
      route('GET', '/crl-partitions/:partitionId/changes.csv', new GetChanges(parts), { binary: ['text/csv'], tagged: true }),
    ],
  };
}
