import {
  authorityKeyIdentifierOf,
  basicConstraintsOf,
  certificatePoliciesOf,
  crlDistributionPointsOf,
  extKeyUsageOf,
  extensionOf,
  keyUsageOf,
  ocspUrisOf,
  subjectKeyIdentifierOf,
} from '../certificate/certificate.js';
import { extensionOid } from '../certificate/extension-value.js';
import type { GeneralName } from '../der/general-name.js';
import { type Name, nameText } from '../der/name.js';
import { OID } from '../der/oid.js';
import { keyIdentifierOf } from '../key/public-key.js';
import { type CertificateLint, type LintSubject, brokenIf, profileValue } from './lint.js';

/** Extensions that relying software is known to process (RFC 5280 4.2); any other must not be critical. */
const UNDERSTOOD = new Set<string>([
  OID.keyUsage,
  OID.extKeyUsage,
  OID.basicConstraints,
  OID.certificatePolicies,
  OID.policyMappings,
  OID.policyConstraints,
  OID.inhibitAnyPolicy,
  OID.nameConstraints,
  OID.subjectAltName,
]);

function sorted(texts: readonly string[]): string {
  return [...texts].sort().join();
}

function extensionList(subject: LintSubject): string[] {
  return subject.certificate.extensions.map(({ oid, critical }) => (critical ? `${oid}!` : oid));
}

function profileList({ profile }: LintSubject): string[] {
  return profile.extensions.map(({ critical, value }) => (critical ? `${extensionOid(value.kind)}!` : extensionOid(value.kind)));
}

function keyUsageFault({ certificate, profile }: LintSubject): string | undefined {
  const expected = profileValue(profile, 'keyUsage');
  if (expected === undefined) return undefined;
  const found = keyUsageOf(certificate) ?? [];
  return brokenIf(sorted(found) !== sorted(expected.bits), found.join());
}

function purposeFault({ certificate, profile }: LintSubject): string | undefined {
  const found = extKeyUsageOf(certificate);
  return brokenIf(found?.join() !== profileValue(profile, 'extKeyUsage')?.purposes.join(), found?.join() ?? 'absent');
}

function policyOids({ certificate }: LintSubject): string[] {
  return (certificatePoliciesOf(certificate) ?? []).map(({ oid }) => oid);
}

function keyIdentifierFault({ certificate, issuer, profile }: LintSubject): string | undefined {
  const own = subjectKeyIdentifierOf(certificate);
  const expectsOwn = profileValue(profile, 'subjectKeyIdentifier') !== undefined;
  if (expectsOwn && own?.equals(keyIdentifierOf(certificate.spki)) !== true) return 'subjectKeyIdentifier';
  const authority = profileValue(profile, 'authorityKeyIdentifier');
  if (authority === undefined) return undefined;
  const found = authorityKeyIdentifierOf(certificate);
  const issuerKey = subjectKeyIdentifierOf(issuer) ?? keyIdentifierOf(issuer.spki);
  if (found?.keyIdentifier?.equals(issuerKey) !== true) return 'authorityKeyIdentifier';
  return brokenIf(authority.withIssuerAndSerial && found.serial !== issuer.serial, 'authorityCertSerialNumber');
}

function isMark(text: string): boolean {
  return /\{[A-Za-z][A-Za-z0-9]*\}/.test(text);
}

/** Whether a name has the shape of its template: same types, and the same text where the template has no mark. */
function fitsTemplate(found: Name, template: Name): boolean {
  return (
    found.length === template.length &&
    template.every(({ type, value }, index) => found[index]?.type === type && (isMark(value) || found[index].value === value))
  );
}

function pointFits(found: GeneralName, template: GeneralName): boolean {
  if (found.kind === 'directoryName' && template.kind === 'directoryName') return fitsTemplate(found.name, template.name);
  if (found.kind === 'uri' && template.kind === 'uri') return isMark(template.uri) || found.uri === template.uri;
  return false;
}

function distributionPointFault({ certificate, profile }: LintSubject): string | undefined {
  const template = profileValue(profile, 'crlDistributionPoints')?.points.flat();
  if (template === undefined) return undefined;
  const found = crlDistributionPointsOf(certificate)?.flat() ?? [];
  const fits =
    found.length === template.length &&
    found.every((name, index) => {
      const expected = template[index];
      return expected !== undefined && pointFits(name, expected);
    });
  return brokenIf(!fits, found.map((name) => (name.kind === 'directoryName' ? nameText(name.name) : name.kind)).join('; '));
}

function expectsCa({ profile }: LintSubject): boolean {
  return profileValue(profile, 'basicConstraints')?.ca === true;
}

function expectsPolicies({ profile }: LintSubject): boolean {
  return profileValue(profile, 'certificatePolicies') !== undefined;
}

function delegatesOcsp({ profile }: LintSubject): boolean {
  return profileValue(profile, 'extKeyUsage')?.purposes.includes(OID.ocspSigning) === true;
}

/** Lints on the extensions against the profile; ids of JPKI 4.15, and `e_ext_profile` for set, order and criticality as a whole. */
export const EXTENSION_LINTS: readonly CertificateLint[] = [
  {
    id: 'e_ext_duplicate',
    check: ({ certificate: { extensions } }) => {
      const seen = new Set<string>();
      return extensions.find(({ oid }) => seen.size === seen.add(oid).size)?.oid;
    },
  },
  {
    id: 'e_ext_unknown_critical',
    check: ({ certificate }) => certificate.extensions.find(({ oid, critical }) => critical && !UNDERSTOOD.has(oid))?.oid,
  },
  {
    id: 'e_ext_profile',
    check: (subject) => brokenIf(extensionList(subject).join() !== profileList(subject).join(), extensionList(subject).join()),
  },
  {
    id: 'e_ku_missing_or_not_critical',
    check: ({ certificate }) => brokenIf(extensionOf(certificate, OID.keyUsage)?.critical !== true, 'keyUsage'),
  },
  { id: 'e_ku_bits_profile', check: keyUsageFault },
  { id: 'e_eku_profile', check: purposeFault },
  {
    id: 'e_ca_true_on_ee',
    check: (subject) => brokenIf(!expectsCa(subject) && basicConstraintsOf(subject.certificate)?.ca === true, 'basicConstraints'),
  },
  {
    id: 'e_ca_false_on_ca',
    check: (subject) => {
      const wanted = profileValue(subject.profile, 'basicConstraints');
      const found = basicConstraintsOf(subject.certificate);
      return brokenIf(expectsCa(subject) && (found?.ca !== true || found.pathLength !== wanted?.pathLength), 'basicConstraints');
    },
  },
  {
    id: 'e_cp_not_exactly_one',
    check: (subject) => {
      const wanted = profileValue(subject.profile, 'certificatePolicies')?.policies.length ?? 0;
      return brokenIf(wanted === 1 && policyOids(subject).length !== 1, `${policyOids(subject).length} policies`);
    },
  },
  {
    id: 'e_cp_not_critical',
    check: (subject) => {
      const wanted = subject.profile.extensions.some(({ critical, value }) => critical && value.kind === 'certificatePolicies');
      return brokenIf(wanted && extensionOf(subject.certificate, OID.certificatePolicies)?.critical !== true, 'certificatePolicies');
    },
  },
  {
    id: 'e_cp_oid_profile',
    check: (subject) => {
      const wanted = profileValue(subject.profile, 'certificatePolicies')?.policies.map(({ oid }) => oid) ?? [];
      return brokenIf(policyOids(subject).join() !== wanted.join(), policyOids(subject).join());
    },
  },
  {
    id: 'e_cps_uri',
    check: (subject) => {
      const wanted = profileValue(subject.profile, 'certificatePolicies')?.policies.map(({ cpsUri }) => cpsUri ?? '') ?? [];
      const found = (certificatePoliciesOf(subject.certificate) ?? []).map(({ cpsUri }) => cpsUri ?? '');
      return brokenIf(expectsPolicies(subject) && found.join() !== wanted.join(), 'CPS address');
    },
  },
  { id: 'e_crldp_dn_not_partition', check: distributionPointFault },
  {
    id: 'e_aia_ocsp_missing',
    check: ({ certificate, profile }) => {
      const wanted = profileValue(profile, 'authorityInfoAccess')?.ocsp ?? [];
      return brokenIf(ocspUrisOf(certificate).length !== wanted.length, 'authorityInfoAccess');
    },
  },
  { id: 'e_aki_ski_missing_or_wrong', check: keyIdentifierFault },
  {
    id: 'e_ocsp_responder_eku',
    check: (subject) => brokenIf(delegatesOcsp(subject) && extKeyUsageOf(subject.certificate)?.join() !== OID.ocspSigning, 'extKeyUsage'),
  },
  {
    id: 'e_ocsp_nocheck',
    check: (subject) => brokenIf(delegatesOcsp(subject) && extensionOf(subject.certificate, OID.ocspNoCheck) === undefined, 'ocsp-nocheck'),
  },
];
