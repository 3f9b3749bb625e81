import { INSTITUTION_KINDS, type PolicyRow } from '#platform';

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

/** The policy table of bridge-ca. */
export const policy: readonly PolicyRow[] = [
  ...everybody('authority', 'list'),
  ...officers('authority', 'read'),
  ...auditors('authority', 'read'),
  ...officers('external-authority', 'register'),
  ...officers('generation', 'plan', 'certify', 'activate'),
];
