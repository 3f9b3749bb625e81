import { route, type ContextParts } from '#platform';
import type { RevocationListStore } from '../revocation-list/revocation-list.store.js';
import type { Provision } from './provision.js';
import { GetCertificates, GetList, GetPair, ListPairs, SearchDirectory } from './read-repository.js';
import type { RepositoryReader } from './repository-reader.js';

/** What authorities publish (JPKI 4.8, 4.10, 5). */
export function repositoryParts(repository: RepositoryReader, lists: RevocationListStore, provision: Provision): Partial<ContextParts> {
  const crl = { binary: ['application/pkix-crl'] };
  const bundle = { binary: ['application/pkcs7-mime'] };
  return {
    http: [
      route('GET', '/repository/certificates', new GetCertificates(repository), bundle),
      route('GET', '/repository/directory', new SearchDirectory(repository), { binary: ['text/plain'] }),
      route('GET', '/repository/:authorityId/certificates', new GetCertificates(repository), bundle),
      route('GET', '/repository/:authorityId/cross-pairs', new ListPairs(repository)),
      route('GET', '/repository/:authorityId/cross-pairs/:crossId', new GetPair(repository), { binary: ['application/octet-stream'] }),
      route('GET', '/repository/:authorityId/arl', new GetList(lists, 'ARL', provision), crl),
      route('GET', '/repository/:authorityId/crl', new GetList(lists, 'CRL', provision), crl),
    ],
  };
}
