import { prefectureByNumber, toPrefectureNumber } from '#kernel';
import type { CertificateProfile, Name, PolicyMapping, ProfileExtension } from '#pki';
import type { AuthorityKind, Organisation } from './authority.js';

/** Certificate policies below `1.2.392.200149.8.5.1`: the bridge's, and that of all prefectures; those of the test environment pass for neither (JPKI 4.2, 9). */
export const POLICY_OID: Readonly<Record<Organisation, Readonly<Record<Exclude<AuthorityKind, 'EXTERNAL'>, string>>>> = {
  'JPKI': { BRIDGE: '1.2.392.200149.8.5.1.1.1', PREFECTURAL: '1.2.392.200149.8.5.1.1.10' },
  'JPKI-TEST': { BRIDGE: '1.2.392.200149.8.5.1.0.1', PREFECTURAL: '1.2.392.200149.8.5.1.0.10' },
};
const ANY_POLICY = '2.5.29.32.0';

/** A root lives ten years, a cross certificate three at most (JPKI 4.3). */
export const ROOT_YEARS = 10;
export const CROSS_YEARS = 3;

/** Subject and issuer of an own authority, the same for all its generations; ASCII alone, so that its requests are (JPKI 3.10, 4.2). */
export function authorityName(organisation: Organisation, prefecture: string | null): Name {
  const unit = prefecture === null
    ? [{ type: 'OU', value: 'Bridge Certification Authority' }]
    : [{ type: 'OU', value: 'Prefectural Certification Authority' }, { type: 'OU', value: prefectureByNumber(toPrefectureNumber(prefecture)).romaji }];
  return [{ type: 'C', value: 'JP' }, { type: 'O', value: organisation }, ...unit];
}

/** Where the list of an authority's holder certificates is: below its own entry. That of authority certificates is at the entry itself (JPKI 4.3). */
export function holderListName(authority: Name): Name {
  return [...authority, { type: 'CN', value: 'CRL' }];
}

const directory = (name: Name) => ({ kind: 'directoryName', name }) as const;
const COMMON = { version: 3, signature: 'sha256WithRSAEncryption' } as const;
const KEY_USAGE: ProfileExtension = { critical: true, value: { kind: 'keyUsage', bits: ['keyCertSign', 'cRLSign'] } };
const OWN_KEY: ProfileExtension = { critical: false, value: { kind: 'subjectKeyIdentifier' } };
const ISSUER_KEY: ProfileExtension = { critical: false, value: { kind: 'authorityKeyIdentifier', withIssuerAndSerial: false } };

function listPoint(issuer: Name): ProfileExtension {
  return { critical: false, value: { kind: 'crlDistributionPoints', points: [[directory(issuer)]] } };
}

export function rootProfile(name: Name): CertificateProfile {
  return {
    ...COMMON, id: 'root', subject: name, key: { modulusBits: 2048 }, validity: { maxYears: ROOT_YEARS, endsAt: '145959' },
    extensions: [KEY_USAGE, { critical: true, value: { kind: 'basicConstraints', ca: true } }, listPoint(name), OWN_KEY],
  };
}

/** OldWithNew and NewWithOld: without a policy, paths over them would fail where one is asked for (JPKI 4.3, 4.10 B14). */
export function linkProfile(name: Name): CertificateProfile {
  return {
    ...COMMON, id: 'link', subject: name, key: { modulusBits: 2048 }, validity: { maxYears: ROOT_YEARS, endsAt: '145959' },
    extensions: [
      KEY_USAGE, { critical: true, value: { kind: 'basicConstraints', ca: true } },
      { critical: false, value: { kind: 'certificatePolicies', policies: [{ oid: ANY_POLICY }] } }, listPoint(name), ISSUER_KEY, OWN_KEY,
    ],
  };
}

/** What a cross certificate says beside names and keys, as two authorities agreed on it. Absent is what stays out of the certificate. */
export interface CrossTerms {
  /** Policies of the issuer's domain. */
  readonly policies: readonly string[];
  readonly mappings: readonly PolicyMapping[];
  /** RFC 5280 wants them critical; software of the time broke on that (JPKI 4.3). */
  readonly mappingsCritical: boolean;
  readonly requireExplicitPolicy?: number | undefined;
  readonly inhibitPolicyMapping?: number | undefined;
  readonly inhibitAnyPolicy?: number | undefined;
  readonly pathLength?: number | undefined;
  readonly years: number;
}

export interface CrossParties {
  readonly issuer: Name;
  readonly subject: Name;
  readonly modulusBits: number;
}

/** CROSS_CERT (JPKI 4.3): without name constraints, since holders' names are outside of any subtree of authorities (4.10 B10). */
export function crossProfile(terms: CrossTerms, { issuer, subject, modulusBits }: CrossParties): CertificateProfile {
  const { requireExplicitPolicy, inhibitPolicyMapping, inhibitAnyPolicy, pathLength } = terms;
  const limits = { ...(requireExplicitPolicy === undefined ? {} : { requireExplicitPolicy }), ...(inhibitPolicyMapping === undefined ? {} : { inhibitPolicyMapping }) };
  return {
    ...COMMON, id: 'cross', subject, key: { modulusBits }, validity: { maxYears: CROSS_YEARS, endsAt: '145959' },
    extensions: [
      ISSUER_KEY, OWN_KEY, KEY_USAGE,
      { critical: true, value: { kind: 'certificatePolicies', policies: terms.policies.map((oid) => ({ oid })) } },
      ...(terms.mappings.length === 0 ? [] : [{ critical: terms.mappingsCritical, value: { kind: 'policyMappings', mappings: terms.mappings } } as const]),
      { critical: true, value: { kind: 'basicConstraints', ca: true, ...(pathLength === undefined ? {} : { pathLength }) } },
      ...(Object.keys(limits).length === 0 ? [] : [{ critical: true, value: { kind: 'policyConstraints', ...limits } } as const]),
      ...(inhibitAnyPolicy === undefined ? [] : [{ critical: true, value: { kind: 'inhibitAnyPolicy', skipCertificates: inhibitAnyPolicy } } as const]),
      listPoint(issuer),
    ],
  };
}
