import { INSTITUTION_KINDS, type InstitutionKind, type PolicyRow } from '#platform';

const BASIS = '共通基盤運用事業; JPKI-3.15';

function may(institution: InstitutionKind, ...verbs: readonly string[]): PolicyRow[] {
  return verbs.map((verb) => ({ action: `bridge-ca.platform-item.${verb}`, institution, scope: 'nation', basis: BASIS }));
}

/** The agency proposes and releases, the council of the prefectures agrees. */
export const platformItemPolicy: readonly PolicyRow[] = [
  ...may('operator', 'propose', 'release', 'retire', 'list', 'read'),
  ...may('prefecture', 'agree', 'list', 'read'),
  ...may('auditor', 'list', 'read'),
  ...INSTITUTION_KINDS.map((institution): PolicyRow => ({ action: 'bridge-ca.released-item.list', institution, scope: 'nation', basis: 'JPKI-3.15: what is released is public' })),
];
