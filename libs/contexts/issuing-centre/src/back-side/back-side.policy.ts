import type { PolicyRow } from '#platform';

const BASIS = 'CARD-4.16';

export const backSidePolicy: readonly PolicyRow[] = [
  { action: 'issuing-centre.front-key.list', institution: 'guest', scope: 'nation', basis: BASIS },
  { action: 'issuing-centre.front-key.rotate', institution: 'operator', scope: 'nation', basis: BASIS },
  { action: 'issuing-centre.front.revoke', institution: 'municipality', purposes: ['CONVENIENCE_ISSUANCE'], scope: 'own', basis: BASIS },
];
