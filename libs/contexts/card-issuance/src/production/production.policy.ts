import type { PolicyRow } from '#platform';
import { HANDOVER, nation, PRODUCTION, town } from '../permitted.js';

export const productionPolicy: readonly PolicyRow[] = [
  nation('operator', 'production-batch.open'), nation('operator', 'production-batch.seal'), nation('operator', 'production-batch.dispatch'), nation('operator', 'production-batch.show'),
  nation('card-maker', 'production-batch.show'), nation('card-maker', 'production-record.read', PRODUCTION), nation('card-maker', 'production-record.photo', PRODUCTION),
  nation('card-maker', 'certification-request.submit', PRODUCTION), nation('card-maker', 'production-certificate.read', PRODUCTION), nation('card-maker', 'production-batch.acknowledge'),
  nation('card-maker', 'production-batch.manufacture'), nation('card-maker', 'production-batch.inspect'), nation('card-maker', 'production-batch.ship'),
  { action: 'card-issuance.certification-request.list', institution: 'service', clients: ['svc-jpki-ca'], purposes: ['CERTIFICATE_ISSUE'], scope: 'nation', basis: '公的個人認証法3条・22条' },
  nation('operator', 'maker-key.register'), nation('operator', 'production-batch.release-key'), nation('operator', 'production-batch.end-quarantine'), nation('operator', 'production-batch.recall'),
  nation('card-maker', 'production-batch.recall'), nation('card-maker', 'production-batch.read-file', PRODUCTION),
  town('box.receive', HANDOVER),
];
