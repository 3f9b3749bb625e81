import type { PolicyRow } from '#platform';

const FILING = '公的個人認証法 art. 17, 36; JPKI-3.11';

function rows(institution: 'operator' | 'signature-verifier', verbs: readonly string[]): PolicyRow[] {
  return verbs.map((verb) => ({ action: `jpki-verifier.verifier.${verb}`, institution, scope: institution === 'operator' ? 'nation' : 'own', basis: FILING }));
}

/** What a verifier does for itself, the agency for those that cannot yet. */
export function ownOrAgency(...verbs: readonly string[]): PolicyRow[] {
  return [...rows('operator', verbs), ...rows('signature-verifier', verbs)];
}

export const verifierPolicy: readonly PolicyRow[] = [
  ...ownOrAgency('open', 'list', 'read', 'read-grants', 'end', 'add-confirmer', 'remove-confirmer'),
  ...rows('operator', ['disclose', 'grant-test', 'check', 'grant-production', 'return', 'suspend']),
  ...rows('signature-verifier', ['certify', 'notify']),
  { action: 'jpki-verifier.access.list', institution: 'service', clients: ['svc-jpki-ca'], scope: 'nation', basis: '公的個人認証法 art. 17-18, 36-37: who may be answered' },
];
