import { type ParsedCertificate, extensionOf } from '../certificate/certificate.js';
import { OID } from '../der/oid.js';
import { integerContent } from '../der/write.js';
import type { CertificateFacts } from './certificate-facts.js';
import type { PathFault } from './path.js';

/** A fault of one certificate, in words without subject data. */
export interface CertificateFault {
  readonly reason: PathFault;
  readonly detail: string;
}

/** Critical extensions that path validation, revocation or purposes process (6.1.4 (o), 6.1.5 (f)). */
const PROCESSED = new Set<string>([
  OID.keyUsage,
  OID.extKeyUsage,
  OID.basicConstraints,
  OID.subjectAltName,
  OID.issuerAltName,
  OID.nameConstraints,
  OID.certificatePolicies,
  OID.policyMappings,
  OID.policyConstraints,
  OID.inhibitAnyPolicy,
  OID.crlDistributionPoints,
]);

/** Extensions that a conforming authority must not mark critical (4.2.1.1, 4.2.1.2, 4.2.1.8, 4.2.1.15, 4.2.2.1, 4.2.2.2). */
const NEVER_CRITICAL = new Set<string>([
  OID.authorityKeyIdentifier,
  OID.subjectKeyIdentifier,
  '2.5.29.9',
  '2.5.29.46',
  OID.authorityInfoAccess,
  '1.3.6.1.5.5.7.1.11',
]);

/** Extensions that a conforming authority must mark critical where its own certificate has them (4.2.1.9, 4.2.1.11, 4.2.1.14); the CA/B baseline leaves nameConstraints open. */
const ALWAYS_CRITICAL = new Set<string>([OID.basicConstraints, OID.policyConstraints, OID.inhibitAnyPolicy]);

/** Rules of RFC 5280 section 4 on a certificate alone, as a text when broken. */
function profileFaultOf(certificate: ParsedCertificate, facts: CertificateFacts): string | undefined {
  const { version, serial, extensions, subject, issuer } = certificate;
  const { basicConstraints, keyUsage, extKeyUsage, hasAltName } = facts;
  if (!certificate.tbsAlgorithm.equals(certificate.signatureAlgorithm)) return 'the two signature algorithms differ (4.1.1.2)';
  if (version > 3) return 'version above 3 (4.1.2.1)';
  if (extensions.length > 0 && version !== 3) return 'extensions in a certificate that is not version 3 (4.1.2.9)';
  if (new Set(extensions.map(({ oid }) => oid)).size !== extensions.length) return 'an extension stands twice (4.2)';
  if (extensions.some(({ oid, critical }) => critical && NEVER_CRITICAL.has(oid))) return 'an extension is critical that must not be (4.2)';
  if (integerContent(serial).length > 20) return 'serial number is longer than 20 octets (4.1.2.2)';
  if (issuer.length === 0) return 'issuer is empty (4.1.2.4)';
  const authority = basicConstraints?.ca === true;
  if (subject.length === 0 && authority) return 'subject of an authority is empty (4.1.2.6)';
  if (subject.length === 0 && !(hasAltName && extensions.some(({ oid, critical }) => critical && oid === OID.subjectAltName))) {
    return 'subject is empty and there is no critical subjectAltName (4.1.2.6)';
  }
  if (keyUsage?.length === 0) return 'keyUsage has no bit (4.2.1.3)';
  if (keyUsage?.includes('keyCertSign') === true && !authority) return 'keyCertSign without cA (4.2.1.9)';
  if (basicConstraints?.pathLength !== undefined && !authority) return 'path length without cA (4.2.1.9)';
  if (extKeyUsage?.length === 0) return 'extKeyUsage is empty (4.2.1.12)';
  return undefined;
}

/** What is wrong with a certificate whatever path it is on: the rules of section 4, critical extensions not understood. */
export function soundnessFaultOf(certificate: ParsedCertificate, facts: CertificateFacts): CertificateFault | undefined {
  const fault = profileFaultOf(certificate, facts);
  if (fault !== undefined) return { reason: 'BAD_CERTIFICATE', detail: fault };
  const unknown = certificate.extensions.find(({ oid, critical }) => critical && !PROCESSED.has(oid));
  if (unknown !== undefined) return { reason: 'UNKNOWN_CRITICAL_EXTENSION', detail: `critical extension ${unknown.oid} is not understood` };
  if (extensionOf(certificate, OID.certificatePolicies)?.critical === true && facts.hasUnknownQualifier) {
    return { reason: 'UNKNOWN_CRITICAL_EXTENSION', detail: 'critical certificatePolicies has a qualifier that is not understood (4.2.1.4)' };
  }
  return undefined;
}

/**
 * What RFC 5280 demands of an authority's certificates though a path can be validated without: asked of those that TLS relies on, where
 * authorities conform (CA/B baseline 7.1.2).
 */
export function strictFaultOf(certificate: ParsedCertificate, facts: CertificateFacts): CertificateFault | undefined {
  const authority = facts.basicConstraints?.ca === true;
  const broken =
    (facts.issuerKeyId === undefined && !facts.selfIssued && 'authorityKeyIdentifier has no key identifier (4.2.1.1)') ||
    (facts.ownKeyId === undefined && authority && 'authority without subjectKeyIdentifier (4.2.1.2)') ||
    (authority && certificate.extensions.some(({ oid, critical }) => !critical && ALWAYS_CRITICAL.has(oid)) && 'an extension of an authority is not critical that must be (4.2.1)') ||
    (!authority && extensionOf(certificate, OID.nameConstraints) !== undefined && 'nameConstraints without cA (4.2.1.10)');
  return broken === false ? undefined : { reason: 'BAD_CERTIFICATE', detail: broken };
}

/** Validity at an instant, both ends included (4.1.2.5, 6.1.3 (a)(2)). */
export function validityFaultOf({ notBefore, notAfter }: ParsedCertificate, at: Date): CertificateFault | undefined {
  // Whole seconds: a certificate is valid through the second of its notAfter.
  const second = Math.floor(at.getTime() / 1000) * 1000;
  if (second < notBefore.getTime()) return { reason: 'NOT_YET_VALID', detail: `not valid before ${notBefore.toISOString()}` };
  if (second > notAfter.getTime()) return { reason: 'EXPIRED', detail: `expired at ${notAfter.toISOString()}` };
  return undefined;
}

/** No authority may give one that is not positive; whoever relies on certificates of old is to be prepared for it (4.1.2.2). */
export function serialFaultOf({ serial }: ParsedCertificate): CertificateFault | undefined {
  return serial > 0n ? undefined : { reason: 'BAD_CERTIFICATE', detail: 'serial number is not positive (4.1.2.2)' };
}
