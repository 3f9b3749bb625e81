import { createHash } from 'node:crypto';
import { BoundedCache } from '../bounded-cache.js';
import {
  type BasicConstraints,
  type ParsedCertificate,
  authorityKeyIdentifierOf,
  basicConstraintsOf,
  extKeyUsageOf,
  extensionOf,
  keyUsageOf,
  subjectAltNamesOf,
  subjectKeyIdentifierOf,
} from '../certificate/certificate.js';
import type { KeyUsage } from '../certificate/extension-value.js';
import { assertDer } from '../der/canonical.js';
import { OID } from '../der/oid.js';
import { type SignatureScheme, signatureSchemeOf } from '../key/signature-scheme.js';
import { nameKeyOf } from '../name/same-name.js';
import { PkiError } from '../pki-error.js';
import { type PolicyFacts, policyFactsOf } from './policy-extensions.js';

/** What path validation asks of a certificate, read once. Holds no octets of the certificate, so that it can outlive it. */
export interface CertificateFacts extends PolicyFacts {
  readonly subjectKey: string;
  readonly issuerKey: string;
  /** Subject and issuer are the same name (6.1): does not say that it is self-signed. */
  readonly selfIssued: boolean;
  /** Undefined for an algorithm that is not accepted. */
  readonly scheme: SignatureScheme | undefined;
  readonly basicConstraints: BasicConstraints | undefined;
  readonly keyUsage: readonly KeyUsage[] | undefined;
  readonly extKeyUsage: readonly string[] | undefined;
  readonly hasAltName: boolean;
  /** Hex digits of the key identifiers. */
  readonly ownKeyId: string | undefined;
  readonly issuerKeyId: string | undefined;
}

/** Facts, or in words what does not allow to read them. */
export type FactsOrFault = CertificateFacts | { readonly unreadable: string };

const keyDigests = new WeakMap<ParsedCertificate, string>();

/** SHA-256 of the key of a certificate. */
export function keyDigestOf(certificate: ParsedCertificate): string {
  let found = keyDigests.get(certificate);
  if (found === undefined) {
    found = createHash('sha256').update(certificate.spki).digest('base64');
    keyDigests.set(certificate, found);
  }
  return found;
}

const fingerprints = new WeakMap<ParsedCertificate, string>();

/** Identity of a certificate: SHA-256 of its octets. */
export function fingerprintOf(certificate: ParsedCertificate): string {
  let found = fingerprints.get(certificate);
  if (found === undefined) {
    found = createHash('sha256').update(certificate.der).digest('base64');
    fingerprints.set(certificate, found);
  }
  return found;
}

const nameKeys = new BoundedCache<string>(2_000);

/** `nameKeyOf` with memory: bundles and questions repeat a few names. Faults `BAD_DER`. */
export function knownNameKeyOf(nameDer: Buffer): string {
  // Longer than names are, and not worth the memory.
  if (nameDer.length > 1_000) return nameKeyOf(nameDer);
  const octets = nameDer.toString('latin1');
  let key = nameKeys.get(octets);
  if (key === undefined) {
    key = nameKeyOf(nameDer);
    nameKeys.set(octets, key);
  }
  return key;
}

/** Larger ones are read again each time, so that hostile certificates do not fill the memory. */
const MAX_REMEMBERED = 8_192;

const known = new WeakMap<ParsedCertificate, FactsOrFault>();
const remembered = new BoundedCache<FactsOrFault>(2_000);

/** Facts of a certificate: read once for each object, and for each content while it is remembered. */
export function factsOf(certificate: ParsedCertificate): FactsOrFault {
  let facts = known.get(certificate);
  if (facts !== undefined) return facts;
  const fingerprint = fingerprintOf(certificate);
  facts = remembered.get(fingerprint) ?? readFacts(certificate);
  known.set(certificate, facts);
  if (certificate.der.length <= MAX_REMEMBERED) remembered.set(fingerprint, facts);
  return facts;
}

/** Extensions whose values are read here; the octets inside an extnValue are not seen when the certificate is parsed. */
const READ: readonly string[] = [
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
  OID.subjectKeyIdentifier,
  OID.authorityKeyIdentifier,
  OID.crlDistributionPoints,
];

function schemeOf(certificate: ParsedCertificate): SignatureScheme | undefined {
  return certificate.tbsAlgorithm.equals(certificate.signatureAlgorithm) ? signatureSchemeOf(certificate.signatureAlgorithm) : undefined;
}

function readFacts(certificate: ParsedCertificate): FactsOrFault {
  try {
    for (const dotted of READ) {
      const found = extensionOf(certificate, dotted);
      if (found !== undefined) assertDer(found.value);
    }
    const [subjectKey, issuerKey] = [knownNameKeyOf(certificate.subjectDer), knownNameKeyOf(certificate.issuerDer)];
    return {
      subjectKey,
      issuerKey,
      selfIssued: subjectKey === issuerKey,
      scheme: schemeOf(certificate),
      basicConstraints: basicConstraintsOf(certificate),
      keyUsage: keyUsageOf(certificate),
      extKeyUsage: extKeyUsageOf(certificate),
      hasAltName: altNamesAreSound(certificate),
      ownKeyId: subjectKeyIdentifierOf(certificate)?.toString('hex'),
      issuerKeyId: authorityKeyIdOf(certificate),
      ...policyFactsOf(certificate),
    };
  } catch (error) {
    if (error instanceof PkiError) return { unreadable: error.message };
    throw error;
  }
}

function authorityKeyIdOf(certificate: ParsedCertificate): string | undefined {
  const found = authorityKeyIdentifierOf(certificate);
  if ((found?.issuer === undefined) !== (found?.serial === undefined)) {
    throw new PkiError('BAD_CERTIFICATE', 'authorityCertIssuer and authorityCertSerialNumber do not stand together (4.2.1.1)');
  }
  return found?.keyIdentifier?.toString('hex');
}

/** Whether there is a subjectAltName; faults on one that 4.2.1.6 does not allow. */
function altNamesAreSound(certificate: ParsedCertificate): boolean {
  const names = subjectAltNamesOf(certificate);
  if (names === undefined) return false;
  if (names.length === 0) throw new PkiError('BAD_CERTIFICATE', 'subjectAltName is empty (4.2.1.6)');
  for (const name of names) {
    const blank =
      (name.kind === 'dns' && name.host.trim() === '') ||
      (name.kind === 'uri' && name.uri === '') ||
      (name.kind === 'email' && name.address === '');
    const badAddress = name.kind === 'ip' && name.octets.length !== 4 && name.octets.length !== 16;
    if (blank || badAddress) throw new PkiError('BAD_CERTIFICATE', `subjectAltName holds a malformed ${name.kind} (4.2.1.6)`);
  }
  return true;
}
