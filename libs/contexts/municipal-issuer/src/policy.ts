import { CONVENIENCE_ISSUANCE } from '#contracts/municipal-issuer';
import type { PolicyRow } from '#platform';

const BASIS = '住民基本台帳法 art. 12, 戸籍法 art. 10, 120; CARD-4.15';
const PURPOSES = [CONVENIENCE_ISSUANCE];

/** The policy table of municipal-issuer: each municipality rules its own server, and the issuing centre alone asks it for certificates. */
export const policy: readonly PolicyRow[] = [
  ...['municipality.set', 'record.import', 'certificate.list'].map((action): PolicyRow => ({ action: `municipal-issuer.${action}`, institution: 'municipality', purposes: PURPOSES, scope: 'own', basis: BASIS })),
  { action: 'municipal-issuer.certificate.render', institution: 'service', clients: ['svc-issuing-centre'], purposes: PURPOSES, scope: 'nation', basis: BASIS },
];
