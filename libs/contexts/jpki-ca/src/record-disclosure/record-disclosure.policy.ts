import type { PolicyRow } from '#platform';

/** Who may disclose a record to its holder; the agency keeps them (JPKI-5). */
export const disclosurePolicy: readonly PolicyRow[] = ['ask-disclosure', 'confirm-disclosure', 'read'].map((verb) => (
  { action: `jpki-ca.issuance-record.${verb}`, institution: 'operator', purposes: ['RECORD_DISCLOSURE'], scope: 'nation', basis: '公的個人認証法 (開示); JPKI-5, 7' }
));
