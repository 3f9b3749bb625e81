import type { AuthorityKind, Organisation } from '../authority/authority.js';
import { CROSS_YEARS, POLICY_OID, type CrossTerms } from '../authority/profiles.js';
import type { Direction } from './cross-certification.js';

const ANY_POLICY = '2.5.29.32.0';

export type TermsFault = 'ANY_POLICY' | 'MAPPED_TWICE' | 'MAPPING_WITHOUT_POLICY' | 'NO_POLICY' | 'POLICY_OF_ANOTHER_DOMAIN';

/** The policies of a domain that the agency runs; undefined for an external one, whose policies it tells. */
export function domainPolicy(organisation: Organisation, kind: AuthorityKind): string | undefined {
  return kind === 'EXTERNAL' ? undefined : POLICY_OID[organisation][kind];
}

export interface Domains {
  readonly issuer: string | undefined;
  readonly subject: string | undefined;
}

/**
 * First fault of what was proposed for one direction: the policies are of the issuer's domain, each mapping leads from one of them into the
 * subject's domain, and anyPolicy stands nowhere (RFC 5280 4.2.1.5).
 */
export function termsFault({ policies, mappings }: CrossTerms, { issuer, subject }: Domains): TermsFault | undefined {
  const named = [...policies, ...mappings.flatMap(({ issuerDomainPolicy, subjectDomainPolicy }) => [issuerDomainPolicy, subjectDomainPolicy])];
  if (policies.length === 0) return 'NO_POLICY';
  if (named.includes(ANY_POLICY)) return 'ANY_POLICY';
  if (mappings.some(({ issuerDomainPolicy }) => !policies.includes(issuerDomainPolicy))) return 'MAPPING_WITHOUT_POLICY';
  const pairs = new Set(mappings.map(({ issuerDomainPolicy, subjectDomainPolicy }) => `${issuerDomainPolicy} ${subjectDomainPolicy}`));
  if (pairs.size !== mappings.length || new Set(policies).size !== policies.length) return 'MAPPED_TWICE';
  const isForeign = (issuer !== undefined && policies.some((policy) => policy !== issuer)) || (subject !== undefined && mappings.some(({ subjectDomainPolicy }) => subjectDomainPolicy !== subject));
  return isForeign ? 'POLICY_OF_ANOTHER_DOMAIN' : undefined;
}

/** What the bridge agrees on with every prefecture: its policy stands for theirs, and theirs for its; one is always asked for (JPKI 4.3, 4.10). */
export function prefecturalTerms(organisation: Organisation): Readonly<Record<Direction, CrossTerms>> {
  const { BRIDGE: bridge, PREFECTURAL: prefecture } = POLICY_OID[organisation];
  const terms = (issuerDomainPolicy: string, subjectDomainPolicy: string): CrossTerms => ({
    policies: [issuerDomainPolicy], mappings: [{ issuerDomainPolicy, subjectDomainPolicy }], mappingsCritical: false, requireExplicitPolicy: 0, years: CROSS_YEARS,
  });
  return { TO_COUNTERPART: terms(bridge, prefecture), TO_BRIDGE: terms(prefecture, bridge) };
}
