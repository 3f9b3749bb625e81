import { INSTITUTION_KINDS, type PolicyRow } from '#platform';
import { committeeReportPolicy } from './committee-report/committee-report.policy.js';
import { migrationPolicy } from './migration-batch/migration.policy.js';
import { platformItemPolicy } from './platform-item/platform-item.policy.js';
import { documentPolicy } from './policy-document/policy-document.policy.js';

const DESIGNATED_BODY = '公的個人認証法 (旧法) 指定認証機関; JPKI-3.1, 3.10';

/** What officers of the agency do about authorities, their keys and certificates. */
function officers(aggregate: string, ...verbs: readonly string[]): PolicyRow[] {
  return verbs.map((verb) => ({ action: `bridge-ca.${aggregate}.${verb}`, institution: 'operator', scope: 'nation', basis: DESIGNATED_BODY }));
}

function auditors(aggregate: string, ...verbs: readonly string[]): PolicyRow[] {
  return verbs.map((verb) => ({ action: `bridge-ca.${aggregate}.${verb}`, institution: 'auditor', scope: 'nation', basis: DESIGNATED_BODY }));
}

/** Trust material is public (JPKI 5). */
function everybody(aggregate: string, ...verbs: readonly string[]): PolicyRow[] {
  return verbs.flatMap((verb) => INSTITUTION_KINDS.map((institution): PolicyRow => ({ action: `bridge-ca.${aggregate}.${verb}`, institution, scope: 'nation', basis: 'JPKI-5: trust material is public' })));
}

/** Who may have revocation information of holders; that of authorities is public (JPKI 4.8). */
const STATUS_READERS = ['signature-verifier', 'municipality', 'prefecture', 'national-agency', 'operator', 'auditor', 'service'] as const;

function revocationInformation(...actions: readonly string[]): PolicyRow[] {
  return actions.flatMap((action) => STATUS_READERS.map((institution): PolicyRow => ({ action, institution, scope: 'nation', basis: '公的個人認証法 art. 17-18; JPKI-4.8, 4.10' })));
}

/** The policy table of bridge-ca. */
export const policy: readonly PolicyRow[] = [
  ...everybody('authority', 'list'),
  ...officers('authority', 'read'),
  ...auditors('authority', 'read'),
  ...officers('external-authority', 'register'),
  ...officers('generation', 'plan', 'certify', 'activate', 'report-compromise', 'confirm-compromise', 'dismiss-compromise', 'end-use', 'destroy-key'),
  ...officers('cross-request', 'write'),
  ...officers(
    'cross-certification', 'propose', 'revise', 'map-policies', 'receive-request', 'confirm-fingerprint', 'issue', 'publish', 'renew', 'ask-revocation', 'confirm-revocation',
    'dismiss-revocation', 'list', 'read', 'deliver',
  ),
  ...auditors('cross-certification', 'list', 'read'),
  ...everybody('repository', 'read-certificates', 'list-pairs', 'read-pair', 'search'),
  ...everybody('arl', 'read'),
  ...revocationInformation('bridge-ca.crl.read', 'bridge-ca.path.validate'),
  ...migrationPolicy,
  ...documentPolicy,
  ...platformItemPolicy,
  ...committeeReportPolicy,
];
