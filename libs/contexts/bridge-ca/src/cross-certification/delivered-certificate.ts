import {
  OID, PkiError, basicConstraintsOf, certificatePoliciesOf, encodeExtensionValue, extensionOf, isCertificateSignedBy, keyUsageOf, parseCertificate, parseCertificatesOnly,
  type ExtensionValue, type ParsedCertificate,
} from '#pki';
import { endAfterYears } from '../authority/authority.js';
import { crossProfile, type CrossTerms } from '../authority/profiles.js';

/** What a certificate that another authority delivered must not be. */
export type DeliveryFault = 'UNREADABLE' | 'ISSUER' | 'SUBJECT' | 'KEY' | 'SIGNATURE' | 'NOT_AN_AUTHORITY' | 'POLICIES' | 'LIMITS' | 'NAME_CONSTRAINTS' | 'UNKNOWN_CRITICAL' | 'VALIDITY';

export interface DeliveryExpectation {
  readonly issuer: ParsedCertificate;
  readonly subject: ParsedCertificate;
  readonly terms: CrossTerms;
  readonly now: Date;
}

/** Understood here, and therefore allowed to be critical. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  OID.authorityKeyIdentifier, OID.subjectKeyIdentifier, OID.keyUsage, OID.certificatePolicies, OID.policyMappings, OID.basicConstraints, OID.policyConstraints, OID.inhibitAnyPolicy,
  OID.crlDistributionPoints, OID.subjectAltName, OID.issuerAltName,
]);

/** The certificate in a delivery: DER, or PKCS#7 that holds it alone (JPKI 3.10). */
export function deliveredCertificate(octets: Buffer): ParsedCertificate | undefined {
  return unlessFaulty(() => parseCertificate(octets)) ?? unlessFaulty(() => alone(parseCertificatesOnly(octets)));
}

function alone(certificates: readonly ParsedCertificate[]): ParsedCertificate | undefined {
  return certificates.length === 1 ? certificates[0] : undefined;
}

/** The first thing in which a certificate is not what was agreed on (JPKI 3.10, 4.3). */
export function deliveryFault(certificate: ParsedCertificate, expected: DeliveryExpectation): DeliveryFault | undefined {
  const { issuer, subject } = expected;
  if (!certificate.issuerDer.equals(issuer.subjectDer) || certificate.serial <= 0n) return 'ISSUER';
  if (!certificate.subjectDer.equals(subject.subjectDer)) return 'SUBJECT';
  if (!certificate.spki.equals(subject.spki)) return 'KEY';
  if (!isCertificateSignedBy(certificate, issuer.spki)) return 'SIGNATURE';
  const fault = unlessFaulty(() => contentFault(certificate, expected) ?? 'NONE') ?? 'UNREADABLE';
  return fault === 'NONE' ? undefined : fault;
}

function contentFault(certificate: ParsedCertificate, { issuer, subject, terms, now }: DeliveryExpectation): DeliveryFault | undefined {
  if (extensionOf(certificate, OID.nameConstraints) !== undefined) return 'NAME_CONSTRAINTS';
  if (certificate.extensions.some(({ oid, critical }) => critical && !UNDERSTOOD.has(oid))) return 'UNKNOWN_CRITICAL';
  if (basicConstraintsOf(certificate)?.ca !== true || keyUsageOf(certificate)?.includes('keyCertSign') !== true) return 'NOT_AN_AUTHORITY';
  if (sorted(certificatePoliciesOf(certificate)?.map(({ oid }) => oid) ?? []) !== sorted(terms.policies)) return 'POLICIES';
  // Policies may carry qualifiers of the other side; the rest is written as it was agreed.
  const agreed = crossProfile(terms, { issuer: issuer.subject, subject: subject.subject, modulusBits: 2048 }).extensions.map(({ value }) => value);
  if ((['policyMappings', 'policyConstraints', 'inhibitAnyPolicy', 'basicConstraints'] as const).some((kind) => !isAsAgreed(certificate, kind, agreed))) return 'LIMITS';
  const { notBefore, notAfter } = certificate;
  return notBefore <= now && now < notAfter && notAfter <= endAfterYears(notBefore, terms.years) ? undefined : 'VALIDITY';
}

function isAsAgreed(certificate: ParsedCertificate, kind: 'policyMappings' | 'policyConstraints' | 'inhibitAnyPolicy' | 'basicConstraints', agreed: readonly ExtensionValue[]): boolean {
  const found = extensionOf(certificate, OID[kind])?.value;
  const wanted = agreed.find((value) => value.kind === kind);
  if (wanted === undefined || wanted.kind === 'authorityKeyIdentifier' || wanted.kind === 'subjectKeyIdentifier') return found === undefined;
  return found?.equals(encodeExtensionValue(wanted)) === true;
}

function sorted(texts: readonly string[]): string {
  return [...texts].sort().join();
}

function unlessFaulty<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}
