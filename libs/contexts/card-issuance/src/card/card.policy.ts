import type { PolicyRow } from '#platform';
import { HANDOVER, LEDGER, PRODUCTION, nation, town } from '../permitted.js';

export const cardPolicy: readonly PolicyRow[] = [
  town('card.show', LEDGER), town('card.list', LEDGER), nation('operator', 'card.show', LEDGER), nation('operator', 'card.list', LEDGER), town('card.abolish', HANDOVER),
  { action: 'card-issuance.card.read-state', institution: 'service', clients: ['svc-issuing-centre'], purposes: ['CONVENIENCE_ISSUANCE'], scope: 'nation', basis: 'CARD-4.15' },
  { action: 'card-issuance.card.read-state', institution: 'service', clients: ['svc-jpki-ca'], purposes: ['CERTIFICATE_ISSUE'], scope: 'nation', basis: 'JPKI-4.6' },
  ...['collect', 'destroy', 'release', 'continue', 'add-to-face', 'extend', 'record-pin-event'].map((verb) => town(`card.${verb}`, HANDOVER)), nation('operator', 'card.destroy', PRODUCTION),
  town('card.list-of-person', [...LEDGER, 'DISCLOSURE']), nation('operator', 'card.list-of-person', [...LEDGER, 'DISCLOSURE']),
];
