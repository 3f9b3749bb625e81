import type { InstitutionKind, PolicyRow } from '#platform';

const MIGRATION = '公的個人認証法 (平成25年改正) 附則; JPKI-3.12, 4.12';
/** Revocation information is not public (JPKI-4.8). */
const READERS: readonly InstitutionKind[] = ['signature-verifier', 'municipality', 'prefecture', 'national-agency', 'operator', 'auditor', 'service'];

function agency(aggregate: string, ...verbs: readonly string[]): PolicyRow[] {
  return verbs.map((verb) => ({ action: `bridge-ca.${aggregate}.${verb}`, institution: 'operator', scope: 'nation', basis: MIGRATION }));
}

function looks(institution: InstitutionKind, scope: PolicyRow['scope']): PolicyRow[] {
  return ['list', 'read', 'list-faults', 'read-statement'].map((verb) => ({ action: `bridge-ca.migration-batch.${verb}`, institution, scope, basis: MIGRATION }));
}

/** The agency migrates, the prefecture accepts. */
export const migrationPolicy: readonly PolicyRow[] = [
  ...agency('migration-batch', 'plan', 'upload', 'upload-list', 'extract', 'compare-lists', 'cut-over'),
  ...agency('list-signer', 'certify'),
  ...agency('municipality-code-change', 'register'),
  ...agency('migrated-record', 'read', 'revoke'),
  ...looks('operator', 'nation'),
  ...looks('auditor', 'nation'),
  ...looks('prefecture', 'area'),
  { action: 'bridge-ca.migration-batch.accept', institution: 'prefecture', scope: 'area', basis: MIGRATION },
  ...READERS.map((institution): PolicyRow => ({ action: 'bridge-ca.list-signer.read', institution, scope: 'nation', basis: '公的個人認証法 art. 17-18; JPKI-4.8' })),
];
