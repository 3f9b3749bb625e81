import type { InstitutionKind, PolicyRow } from '#platform';

function may(institution: InstitutionKind, ...verbs: readonly string[]): PolicyRow[] {
  return verbs.map((verb) => ({ action: `bridge-ca.committee-report.${verb}`, institution, scope: 'nation', basis: '認証業務情報保護委員会; JPKI-3.16' }));
}

/** The agency reports, and takes down what the committee said; counts only. */
export const committeeReportPolicy: readonly PolicyRow[] = [...may('operator', 'collect', 'submit', 'deliberate', 'answer', 'list', 'read'), ...may('auditor', 'list', 'read')];
