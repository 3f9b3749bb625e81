import {
  type ParsedCertificate,
  authorityKeyIdentifierOf,
  basicConstraintsOf,
  extensionOf,
  keyUsageOf,
  subjectAltNamesOf,
  subjectKeyIdentifierOf,
} from '../certificate/certificate.js';
import { OID } from '../der/oid.js';
import { describeExtension } from '../describe/describe-extension.js';
import { type CertificateLint, brokenIf } from './lint.js';

const SHA1_WITH_RSA = '1.2.840.113549.1.1.5';

/** Extensions that a conforming authority marks critical, and those that it must not (RFC 5280 4.2). */
const CRITICAL: readonly string[] = [OID.nameConstraints, OID.policyConstraints, OID.inhibitAnyPolicy];
const NOT_CRITICAL: readonly string[] = [
  OID.authorityKeyIdentifier,
  OID.subjectKeyIdentifier,
  OID.authorityInfoAccess,
  // freshestCRL and subjectInfoAccess.
  '2.5.29.46',
  '1.3.6.1.5.5.7.1.11',
];

function isAuthority(certificate: ParsedCertificate): boolean {
  return basicConstraintsOf(certificate)?.ca === true;
}

function signsCertificates(certificate: ParsedCertificate): boolean {
  return keyUsageOf(certificate)?.includes('keyCertSign') === true;
}

function wrongCriticality({ extensions }: ParsedCertificate): string | undefined {
  return extensions.find(({ oid, critical }) => (critical ? NOT_CRITICAL : CRITICAL).includes(oid))?.oid;
}

function malformedExtension({ extensions }: ParsedCertificate): string | undefined {
  return extensions.find((one) => Object.hasOwn(describeExtension(one), 'malformed'))?.oid;
}

/** Rules of RFC 5280 section 4 that hold for every profile; `e_` where it says MUST, `w_` where it says SHOULD or times have changed. */
export const STANDARD_LINTS: readonly CertificateLint[] = [
  { id: 'w_version_not_v3', check: ({ certificate: { version } }) => brokenIf(version !== 3, `version ${version}`) },
  {
    id: 'e_sig_alg_mismatch',
    check: ({ certificate }) => brokenIf(!certificate.tbsAlgorithm.equals(certificate.signatureAlgorithm), certificate.algorithmOid),
  },
  { id: 'w_signature_sha1', check: ({ certificate: { algorithmOid } }) => brokenIf(algorithmOid === SHA1_WITH_RSA, algorithmOid) },
  {
    id: 'e_validity_empty',
    check: ({ certificate: { notBefore, notAfter } }) => brokenIf(notAfter.getTime() < notBefore.getTime(), 'notAfter is before notBefore'),
  },
  { id: 'e_issuer_empty', check: ({ certificate: { issuer } }) => brokenIf(issuer.length === 0, 'issuer (4.1.2.4)') },
  {
    id: 'e_subject_empty',
    check: ({ certificate }) => {
      const isNamed = certificate.subject.length > 0 || extensionOf(certificate, OID.subjectAltName)?.critical === true;
      return brokenIf(!isNamed || (isAuthority(certificate) && certificate.subject.length === 0), 'subject (4.1.2.6)');
    },
  },
  { id: 'e_san_empty', check: ({ certificate }) => brokenIf(subjectAltNamesOf(certificate)?.length === 0, 'subjectAltName (4.2.1.6)') },
  { id: 'e_ext_malformed', check: ({ certificate }) => malformedExtension(certificate) },
  { id: 'e_ext_criticality', check: ({ certificate }) => wrongCriticality(certificate) },
  {
    id: 'e_bc_not_critical_on_ca',
    check: ({ certificate }) =>
      brokenIf(isAuthority(certificate) && extensionOf(certificate, OID.basicConstraints)?.critical !== true, 'basicConstraints (4.2.1.9)'),
  },
  {
    id: 'e_path_length_without_cert_sign',
    check: ({ certificate }) => {
      const limited = basicConstraintsOf(certificate)?.pathLength !== undefined;
      return brokenIf(limited && !(isAuthority(certificate) && signsCertificates(certificate)), 'pathLenConstraint (4.2.1.9)');
    },
  },
  {
    id: 'e_ku_missing_on_ca',
    check: ({ certificate }) => brokenIf(isAuthority(certificate) && keyUsageOf(certificate) === undefined, 'keyUsage (4.2.1.3)'),
  },
  { id: 'e_ku_empty', check: ({ certificate }) => brokenIf(keyUsageOf(certificate)?.length === 0, 'keyUsage (4.2.1.3)') },
  {
    id: 'e_ku_cert_sign_without_ca',
    check: ({ certificate }) => brokenIf(signsCertificates(certificate) && !isAuthority(certificate), 'keyCertSign (4.2.1.9)'),
  },
  {
    id: 'e_nc_on_ee',
    check: ({ certificate }) =>
      brokenIf(extensionOf(certificate, OID.nameConstraints) !== undefined && !isAuthority(certificate), 'nameConstraints (4.2.1.10)'),
  },
  {
    id: 'e_ski_missing_on_ca',
    check: ({ certificate }) =>
      brokenIf(isAuthority(certificate) && subjectKeyIdentifierOf(certificate) === undefined, 'subjectKeyIdentifier (4.2.1.2)'),
  },
  {
    id: 'e_aki_missing',
    check: ({ certificate }) => {
      const isSelfIssued = certificate.issuerDer.equals(certificate.subjectDer);
      return brokenIf(!isSelfIssued && authorityKeyIdentifierOf(certificate)?.keyIdentifier === undefined, 'authorityKeyIdentifier (4.2.1.1)');
    },
  },
];
