import { INSTITUTION_KINDS, type PolicyRow } from '#platform';
import { disclosurePolicy } from './record-disclosure/record-disclosure.policy.js';

const ISSUE = ['CERTIFICATE_ISSUE'];
const STATUS = ['CERTIFICATE_STATUS'];
const CALLS = ['CALL_CENTRE', 'CERTIFICATE_STATUS'];

/** Who may have revocation information; verifiers need a grant besides (JPKI 4.8). */
const STATUS_READERS = ['signature-verifier', 'municipality', 'prefecture', 'national-agency', 'operator', 'auditor', 'service'] as const;

function revocationInformation(action: string): PolicyRow[] {
  return STATUS_READERS.map((institution) => ({ action, institution, scope: 'nation', basis: '公的個人認証法 art. 17-18, 36-37; JPKI-4.8' }));
}

/** Who looks after the audit trail. */
function auditTrail(...verbs: readonly string[]): PolicyRow[] {
  return (['auditor', 'operator'] as const).flatMap((institution) => verbs.map((verb): PolicyRow => ({ action: `jpki-ca.audit-segment.${verb}`, institution, scope: 'nation', basis: 'JPKI-4.14' })));
}

/** What officers of the agency do about the authorities' keys. */
function keyHolders(aggregate: string, ...verbs: readonly string[]): PolicyRow[] {
  return verbs.map((verb) => ({ action: `jpki-ca.${aggregate}.${verb}`, institution: 'operator', scope: 'nation', basis: '公的個人認証法 art. 13, 32; JPKI-3.1, 3.2' }));
}

/** The policy table of jpki-ca. Status answers show no personal data and ask for no purpose. */
export const policy: readonly PolicyRow[] = [
  ...disclosurePolicy,
  ...INSTITUTION_KINDS.map((institution): PolicyRow => ({ action: 'jpki-ca.ca-certificate.read', institution, scope: 'nation', basis: 'JPKI-5: trust material is public' })),
  ...INSTITUTION_KINDS.map((institution): PolicyRow => ({ action: 'jpki-ca.ca-certificates.read', institution, scope: 'nation', basis: 'JPKI-5: trust material is public' })),
  ...INSTITUTION_KINDS.map((institution): PolicyRow => ({ action: 'jpki-ca.crl-partition.list', institution, scope: 'nation', basis: 'JPKI-4.3: names that stand in each certificate' })),
  ...keyHolders('generation', 'list', 'plan-reissue', 'report-compromise', 'confirm-compromise', 'dismiss-compromise'),
  { action: 'jpki-ca.generation.list', institution: 'auditor', scope: 'nation', basis: 'JPKI-4.11' },
  ...keyHolders('key-ceremony', 'schedule', 'list', 'read', 'attend', 'perform-step', 'read-minutes', 'sign-minutes', 'close', 'abort'),
  ...['list', 'read', 'read-minutes'].map((verb): PolicyRow => ({ action: `jpki-ca.key-ceremony.${verb}`, institution: 'auditor', scope: 'nation', basis: 'JPKI-3.2' })),
  ...keyHolders('reconciliation', 'request', 'confirm', 'list'),
  { action: 'jpki-ca.reconciliation.list', institution: 'auditor', scope: 'nation', basis: 'JPKI-7' },
  ...['read', 'read-issue', 'read-serials', 'read-changes'].flatMap((verb) => revocationInformation(`jpki-ca.crl.${verb}`)),
  ...revocationInformation('jpki-ca.arl.read'),
  ...revocationInformation('jpki-ca.ocsp.answer'),
  { action: 'jpki-ca.access-grant.grant', institution: 'operator', scope: 'nation', basis: '公的個人認証法 art. 17; JPKI-3.11' },
  ...['use.read', 'former-verifier.list'].map((verb): PolicyRow => ({ action: `jpki-ca.${verb}`, institution: 'service', clients: ['svc-jpki-verifier'], scope: 'nation', basis: '公的個人認証法 art. 17, 36; JPKI-3.11, 4.13' })),
  { action: 'jpki-ca.status.query', institution: 'signature-verifier', scope: 'nation', basis: '公的個人認証法 art. 18, 37; JPKI-4.13' },
  { action: 'jpki-ca.timestamp.issue', institution: 'operator', scope: 'nation', basis: 'JPKI-4.19' },
  { action: 'jpki-ca.timestamp.issue', institution: 'service', scope: 'nation', basis: 'JPKI-4.19' },
  ...auditTrail('list', 'verify', 'verify-range'),
  { action: 'jpki-ca.audit-segment.archive', institution: 'operator', scope: 'nation', basis: 'JPKI-3.14' },
  { action: 'jpki-ca.crl-partition.register', institution: 'operator', scope: 'nation', basis: 'JPKI-4.8' },
  { action: 'jpki-ca.crl.issue', institution: 'operator', scope: 'nation', basis: 'JPKI-4.8' },
  { action: 'jpki-ca.certificate.issue', institution: 'municipality', purposes: ISSUE, scope: 'own', basis: '公的個人認証法 art. 3, 22; JPKI-4.6' },
  { action: 'jpki-ca.certificate.confirm-delivery', institution: 'municipality', purposes: ISSUE, scope: 'own', basis: '公的個人認証法 art. 3, 22; JPKI-4.6' },
  { action: 'jpki-ca.age-waiver.give', institution: 'municipality', purposes: ISSUE, scope: 'own', basis: '公的個人認証法 art. 3; JPKI-4.6 no. 3' },
  { action: 'jpki-ca.certificate.report-undelivered', institution: 'municipality', purposes: ISSUE, scope: 'own', basis: '公的個人認証法 art. 3, 22; JPKI-3.3' },
  { action: 'jpki-ca.certificate.read', institution: 'municipality', purposes: STATUS, scope: 'own', basis: '公的個人認証法 art. 9, 28; JPKI-5' },
  { action: 'jpki-ca.certificate.read', institution: 'operator', purposes: CALLS, scope: 'nation', basis: 'JPKI-5' },
  ...(['operator', 'auditor'] as const).map((institution): PolicyRow => ({ action: 'jpki-ca.certificate.list-issued', institution, purposes: ['CERTIFICATE_REVIEW'], scope: 'nation', basis: 'JPKI-4.15' })),
  { action: 'jpki-ca.certificate.revoke', institution: 'municipality', purposes: STATUS, scope: 'own', basis: '公的個人認証法 art. 9-10, 28-29; JPKI-4.7' },
  { action: 'jpki-ca.certificate.revoke', institution: 'operator', purposes: STATUS, scope: 'nation', basis: '公的個人認証法 art. 9, 13; JPKI-4.7' },
  { action: 'jpki-ca.certificate.apply-for-revocation', institution: 'guest', scope: 'nation', basis: '公的個人認証法 art. 9, 28; JPKI-4.7: signed with the certificate' },
  { action: 'jpki-ca.certificate.hold', institution: 'municipality', purposes: STATUS, scope: 'own', basis: 'JPKI-3.9' },
  { action: 'jpki-ca.certificate.hold', institution: 'operator', purposes: CALLS, scope: 'nation', basis: 'JPKI-3.9' },
  { action: 'jpki-ca.certificate.release', institution: 'municipality', purposes: STATUS, scope: 'own', basis: 'JPKI-3.9' },
  { action: 'jpki-ca.unsettled-mover.list', institution: 'municipality', purposes: STATUS, scope: 'own', basis: '公的個人認証法 art. 12, 31; JUKI-4.9' },
  { action: 'jpki-ca.unsettled-mover.list', institution: 'operator', purposes: STATUS, scope: 'nation', basis: '公的個人認証法 art. 12, 31; JUKI-4.9' },
  ...['list', 'resolve'].map((verb): PolicyRow => ({ action: `jpki-ca.quarantined-notice.${verb}`, institution: 'operator', purposes: STATUS, scope: 'nation', basis: '公的個人認証法 art. 12, 31; JPKI-3.6, 7' })),
  // Reaches the rule that refuses it by name: a release needs the holder at a counter.
  { action: 'jpki-ca.certificate.release', institution: 'operator', purposes: CALLS, scope: 'nation', basis: 'JPKI-3.9' },
  { action: 'jpki-ca.card-certificate.read', institution: 'service', clients: ['svc-card-issuance'], purposes: ['CARD_HANDOVER', 'CARD_PRODUCTION'], scope: 'nation', basis: 'CARD-4.7; JPKI-3.4' },
  { action: 'jpki-ca.auth-certificate.read-status', institution: 'service', clients: ['svc-issuing-centre'], purposes: ['CONVENIENCE_ISSUANCE'], scope: 'nation', basis: '公的個人認証法 art. 37; CARD-4.15' },
  ...['list-states', 'follow'].map((verb): PolicyRow => ({ action: `jpki-ca.card-certificate.${verb}`, institution: 'service', clients: ['svc-card-issuance'], purposes: ['CARD_HANDOVER'], scope: 'nation', basis: 'CARD-4.9, 4.12; JPKI-4.7' })),
  { action: 'jpki-ca.profile-figures.read', institution: 'service', clients: ['svc-bridge-ca'], scope: 'nation', basis: 'JPKI-3.13, 4.19: figures of the published profiles' },
  { action: 'jpki-ca.access-grant.read', institution: 'service', clients: ['svc-bridge-ca'], scope: 'nation', basis: '公的個人認証法 art. 17-18; JPKI-4.8: lists of prefectural authorities' },
  { action: 'jpki-ca.committee-figures.read', institution: 'service', clients: ['svc-bridge-ca'], scope: 'nation', basis: 'JPKI-3.16: counts only' },
  { action: 'jpki-ca.card-certificate.activate', institution: 'service', clients: ['svc-card-issuance'], purposes: ['CARD_HANDOVER'], scope: 'nation', basis: 'CARD-4.7; JPKI-3.4' },
];
