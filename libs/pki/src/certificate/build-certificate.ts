import { encodeExtension } from '../der/extension.js';
import { encodeName } from '../der/name.js';
import { time } from '../der/time.js';
import { bitString, contextConstructed, integer, integerContent, sequence } from '../der/write.js';
import { keyIdentifierOf } from '../key/public-key.js';
import { type SignatureAlgorithm, type SigningKey, signChecked, signatureAlgorithmIdentifier } from '../key/signing-key.js';
import { PkiError } from '../pki-error.js';
import { type ParsedCertificate, subjectKeyIdentifierOf } from './certificate.js';
import {
  type ExtensionValue,
  encodeAuthorityKeyIdentifier,
  encodeExtensionValue,
  encodeSubjectKeyIdentifier,
  extensionOid,
} from './extension-value.js';
import { type CertificateProfile, type ProfileExtension, type ProfileParameters, fillProfile } from './profile.js';

/** What a certificate takes over from its issuer. */
export interface CertificateIssuer {
  /** Subject Name DER of the issuer, copied octet by octet. */
  readonly nameDer: Buffer;
  readonly keyIdentifier: Buffer;
  /** Issuer name and serial of the issuer's own certificate, for profiles with the long AKI. */
  readonly certificate?: { readonly issuerDer: Buffer; readonly serial: bigint };
}

export interface CertificateContent {
  readonly profile: CertificateProfile;
  readonly parameters?: ProfileParameters;
  readonly serial: bigint;
  /** Subject Name DER to copy instead of the profile's subject: a cross certificate keeps the octets of the other authority. */
  readonly subjectDer?: Buffer;
  /** `'self'` for a self-signed root: subject and key are the issuer's. */
  readonly issuer: CertificateIssuer | 'self';
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SubjectPublicKeyInfo DER. */
  readonly spki: Buffer;
}

/** Issuer data out of the issuing authority's certificate. */
export function issuerOf(certificate: ParsedCertificate): CertificateIssuer {
  return {
    nameDer: certificate.subjectDer,
    keyIdentifier: subjectKeyIdentifierOf(certificate) ?? keyIdentifierOf(certificate.spki),
    certificate: { issuerDer: certificate.issuerDer, serial: certificate.serial },
  };
}

function extensionContent(value: ExtensionValue, issuer: CertificateIssuer, spki: Buffer): Buffer {
  switch (value.kind) {
    case 'subjectKeyIdentifier':
      return encodeSubjectKeyIdentifier(keyIdentifierOf(spki));
    case 'authorityKeyIdentifier':
      if (!value.withIssuerAndSerial) return encodeAuthorityKeyIdentifier(issuer.keyIdentifier);
      if (issuer.certificate === undefined) throw new PkiError('BAD_PROFILE', 'profile needs the issuer certificate for its AKI');
      return encodeAuthorityKeyIdentifier(issuer.keyIdentifier, issuer.certificate);
    default:
      return encodeExtensionValue(value);
  }
}

/** Encoded extensions of which nothing differs between the certificates of a profile, and of a profile and an issuer. */
const constants = new WeakMap<ProfileExtension, Buffer>();
const ofIssuers = new WeakMap<CertificateIssuer, WeakMap<ProfileExtension, Buffer>>();

function keptFor(extension: ProfileExtension, issuer: CertificateIssuer): WeakMap<ProfileExtension, Buffer> | undefined {
  switch (extension.value.kind) {
    case 'subjectKeyIdentifier':
      return undefined;
    case 'authorityKeyIdentifier': {
      const kept = ofIssuers.get(issuer) ?? new WeakMap<ProfileExtension, Buffer>();
      ofIssuers.set(issuer, kept);
      return kept;
    }
    default:
      return constants;
  }
}

function encodedExtension(extension: ProfileExtension, issuer: CertificateIssuer, spki: Buffer): Buffer {
  return encodeExtension(extensionOid(extension.value.kind), extension.critical, extensionContent(extension.value, issuer, spki));
}

function keptExtension(extension: ProfileExtension, issuer: CertificateIssuer, spki: Buffer): Buffer {
  const kept = keptFor(extension, issuer);
  const encoded = kept?.get(extension) ?? encodedExtension(extension, issuer, spki);
  kept?.set(extension, encoded);
  return encoded;
}

function assertContent({ serial, notBefore, notAfter }: CertificateContent): void {
  if (serial <= 0n || integerContent(serial).length > 20) throw new PkiError('BAD_CERTIFICATE', 'serial is not 1 to 20 positive octets');
  if (notAfter.getTime() <= notBefore.getTime()) throw new PkiError('BAD_CERTIFICATE', 'notAfter is not after notBefore');
}

/**
 * TBSCertificate DER by the profile (RFC 5280 4.1). Deterministic: the same content gives the same octets. Faults `BAD_PROFILE`
 * (parameters), `BAD_CERTIFICATE` (serial, validity), `BAD_NAME`, `BAD_TIME`. Whether the result obeys the profile's rules is lint's part.
 */
export function buildTbsCertificate(content: CertificateContent): Buffer {
  assertContent(content);
  const profile = fillProfile(content.profile, content.parameters ?? {});
  const subject = content.subjectDer ?? encodeName(profile.subject);
  const issuer = content.issuer === 'self' ? { nameDer: subject, keyIdentifier: keyIdentifierOf(content.spki) } : content.issuer;
  const extensions = profile.extensions.map((extension, index) =>
    (extension === content.profile.extensions[index] ? keptExtension : encodedExtension)(extension, issuer, content.spki),
  );
  return sequence(
    contextConstructed(0, integer(profile.version - 1)),
    integer(content.serial),
    signatureAlgorithmIdentifier(profile.signature),
    issuer.nameDer,
    sequence(time(content.notBefore), time(content.notAfter)),
    subject,
    content.spki,
    ...(extensions.length === 0 ? [] : [contextConstructed(3, sequence(...extensions))]),
  );
}

/** Certificate DER of the TBSCertificate signed by the key; the signature is verified before it leaves. Faults `BAD_SIGNATURE`. */
export async function signCertificate(tbs: Buffer, key: SigningKey): Promise<Buffer> {
  return sequence(tbs, signatureAlgorithmIdentifier(key.algorithm), bitString(await signChecked(tbs, key)));
}

/** Of an RSA key of 2048 bits. */
const PLACEHOLDER = Buffer.alloc(256, 0x5a);

/**
 * Certificate DER as lints want to see it before the authority's key is used: the TBSCertificate under the algorithm it names and octets that no key
 * made. Lints look at the form; what is left out costs as much as the certificate itself, and nothing that could pass for one comes into being.
 */
export function preCertificate(tbs: Buffer, algorithm: SignatureAlgorithm): Buffer {
  return sequence(tbs, signatureAlgorithmIdentifier(algorithm), bitString(PLACEHOLDER));
}
