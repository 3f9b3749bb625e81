import type { PolicyRow } from '#platform';
import { HANDOVER, LEDGER, nation, town } from '../permitted.js';

export const cardPolicy: readonly PolicyRow[] = [
  town('card.show', LEDGER), town('card.list', LEDGER), nation('operator', 'card.show', LEDGER), nation('operator', 'card.list', LEDGER), town('card.abolish', HANDOVER),
  { action: 'card-issuance.card.read-state', institution: 'service', clients: ['svc-issuing-centre'], purposes: ['CONVENIENCE_ISSUANCE'], scope: 'nation', basis: 'CARD-4.15' },
];
