import { INSTITUTION_KINDS, type InstitutionKind, type PolicyRow } from '#platform';

const BASIS = '認証業務に関する規程 (CP/CPS); JPKI-3.13';

function may(institution: InstitutionKind, ...verbs: readonly string[]): PolicyRow[] {
  return verbs.map((verb) => ({ action: `bridge-ca.policy-document.${verb}`, institution, scope: 'nation', basis: BASIS }));
}

/** The agency drafts, the policy authority approves, everybody reads what is in force. */
export const documentPolicy: readonly PolicyRow[] = [
  ...may('operator', 'draft', 'edit', 'review', 'approve', 'return', 'publish', 'compare', 'list', 'read'),
  ...may('prefecture', 'approve', 'return', 'list', 'read'),
  ...may('auditor', 'compare', 'list', 'read'),
  ...['read', 'read-text'].flatMap((verb) => INSTITUTION_KINDS.map((institution): PolicyRow => ({ action: `bridge-ca.published-document.${verb}`, institution, scope: 'nation', basis: 'JPKI-3.13: the documents in force are public' }))),
];
