import { BoundedCache } from '../bounded-cache.js';
import { assertDer } from '../der/canonical.js';
import { type Extension, extensionsOf } from '../der/extension.js';
import { type GeneralName, generalNameOf, generalNamesOf } from '../der/general-name.js';
import { type Name, parseName } from '../der/name.js';
import { OID } from '../der/oid.js';
import { derOf } from '../der/pem.js';
import {
  DerCursor,
  type DerValue,
  bitsOf,
  booleanOf,
  countOf,
  integerOf,
  oidOf,
  openSingle,
  singleContent,
  smallIntegerOf,
  textOf,
  valuesOf,
  wholeBits,
} from '../der/read.js';
import { TAG, contextConstructedTag, contextTag } from '../der/tag.js';
import { timeOf } from '../der/time.js';
import { isSignedBy } from '../key/public-key.js';
import { PkiError, parsingAs } from '../pki-error.js';
import { KEY_USAGE_BITS, type KeyUsage, type PolicyInformation } from './extension-value.js';

/** Fields of a certificate as found. Buffers are views on `der`, but those of extensions that many have in common. A negative serial is kept: lint and path validation judge it. */
export interface ParsedCertificate {
  readonly der: Buffer;
  readonly tbs: Buffer;
  readonly version: number;
  readonly serial: bigint;
  /** AlgorithmIdentifier inside the signed part and beside the signature. */
  readonly tbsAlgorithm: Buffer;
  readonly signatureAlgorithm: Buffer;
  readonly algorithmOid: string;
  readonly issuer: Name;
  readonly issuerDer: Buffer;
  readonly subject: Name;
  readonly subjectDer: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Identifier octets of notBefore and notAfter: UTCTime or GeneralizedTime. */
  readonly timeTags: readonly [number, number];
  readonly spki: Buffer;
  readonly extensions: readonly Extension[];
  readonly signature: Buffer;
}

function versionOf(value: DerValue | undefined): number {
  if (value === undefined) return 1;
  const [number, ...rest] = valuesOf(value.content);
  if (number === undefined || number.tag !== TAG.integer || rest.length > 0) throw new PkiError('BAD_DER', 'bad version');
  return smallIntegerOf(number.content) + 1;
}

/** The issuers and the extensions that many certificates have in common are read once. */
const knownNames = new BoundedCache<Name>(200);
const knownExtensions = new BoundedCache<Extension>(500);
const LONGEST_NAME = 1_000;

function issuerNameOf(der: Buffer): Name {
  if (der.length > LONGEST_NAME) return parseName(der);
  const text = der.toString('latin1');
  const name = knownNames.get(text) ?? parseName(der);
  knownNames.set(text, name);
  return name;
}

function readTbs(tbs: DerValue): Omit<ParsedCertificate, 'der' | 'tbs' | 'signature' | 'signatureAlgorithm' | 'algorithmOid'> {
  const cursor = new DerCursor(tbs.content);
  const version = versionOf(cursor.readIf(contextConstructedTag(0)));
  const serial = integerOf(cursor.read(TAG.integer).content);
  const tbsAlgorithm = cursor.read(TAG.sequence).raw;
  const issuerDer = cursor.read(TAG.sequence).raw;
  const validity = new DerCursor(cursor.read(TAG.sequence).content);
  const [notBefore, notAfter] = [validity.read(), validity.read()];
  validity.finish();
  const subjectDer = cursor.read(TAG.sequence).raw;
  const spki = cursor.read(TAG.sequence).raw;
  const identifiers = [cursor.readIf(contextTag(1)), cursor.readIf(contextTag(2))];
  if (version === 1 && identifiers.some((one) => one !== undefined)) throw new PkiError('BAD_DER', 'unique identifier in version 1');
  const wrapped = cursor.readIf(contextConstructedTag(3));
  cursor.finish();
  const extensions = wrapped === undefined ? [] : extensionsOf(singleContent(wrapped.content, TAG.sequence), knownExtensions);
  if (wrapped !== undefined && extensions.length === 0) throw new PkiError('BAD_DER', 'empty list of extensions');
  return {
    version,
    serial,
    tbsAlgorithm,
    issuer: issuerNameOf(issuerDer),
    issuerDer,
    subject: parseName(subjectDer),
    subjectDer,
    notBefore: timeOf(notBefore),
    notAfter: timeOf(notAfter),
    timeTags: [notBefore.tag, notAfter.tag],
    spki,
    extensions,
  };
}

/** Reads an X.509 certificate (DER or PEM). Faults `BAD_CERTIFICATE`, its cause telling `BAD_DER`, `BAD_TIME` or `BAD_NAME`. */
export function parseCertificate(input: Buffer | string): ParsedCertificate {
  return parsingAs('BAD_CERTIFICATE', () => {
    const der = derOf(input, ['CERTIFICATE']);
    assertDer(der);
    const outer = openSingle(der, TAG.sequence);
    const tbs = outer.read(TAG.sequence);
    const algorithm = outer.read(TAG.sequence);
    const signature = wholeBits(outer.read(TAG.bitString).content);
    outer.finish();
    const algorithmOid = oidOf(new DerCursor(algorithm.content).read());
    return { der, tbs: tbs.raw, signature, signatureAlgorithm: algorithm.raw, algorithmOid, ...readTbs(tbs) };
  });
}

/** Whether the certificate's signature is by the key of `issuerSpki`. Names prove nothing: generations of one authority share a DN. */
export function isCertificateSignedBy(certificate: ParsedCertificate, issuerSpki: Buffer): boolean {
  return certificate.tbsAlgorithm.equals(certificate.signatureAlgorithm) && isSignedBy(certificate, issuerSpki);
}

/** A certificate or a revocation list. */
interface ExtensionHolder {
  readonly extensions: readonly Extension[];
}

/** The first extension with this OID. */
export function extensionOf(holder: ExtensionHolder, dotted: string): Extension | undefined {
  return holder.extensions.find((extension) => extension.oid === dotted);
}

/** What an extension says is asked for by many a rule; each is read in one way, by its OID. */
const readBefore = new WeakMap<Extension, unknown>();

function readExtension<T>(certificate: ExtensionHolder, dotted: string, read: (value: Buffer) => T): T | undefined {
  const found = extensionOf(certificate, dotted);
  if (found === undefined) return undefined;
  if (readBefore.has(found)) return readBefore.get(found) as T;
  const value = parsingAs('BAD_CERTIFICATE', () => read(found.value));
  readBefore.set(found, value);
  return value;
}

/** Bits of keyUsage, or undefined when the extension is absent. */
export function keyUsageOf(certificate: ParsedCertificate): KeyUsage[] | undefined {
  return readExtension(certificate, OID.keyUsage, (value) => {
    const set = new Set(bitsOf(singleContent(value, TAG.bitString)));
    return KEY_USAGE_BITS.filter((_name, bit) => set.has(bit));
  });
}

/** Purpose OIDs of extKeyUsage. */
export function extKeyUsageOf(certificate: ParsedCertificate): string[] | undefined {
  return readExtension(certificate, OID.extKeyUsage, (value) => valuesOf(singleContent(value, TAG.sequence)).map(oidOf));
}

export interface BasicConstraints {
  readonly ca: boolean;
  readonly pathLength?: number;
}

/** basicConstraints; undefined when absent. */
export function basicConstraintsOf(certificate: ParsedCertificate): BasicConstraints | undefined {
  return readExtension(certificate, OID.basicConstraints, (value) => {
    const cursor = openSingle(value, TAG.sequence);
    const flag = cursor.readIf(TAG.boolean);
    const length = cursor.readIf(TAG.integer);
    cursor.finish();
    const ca = flag !== undefined && booleanOf(flag.content);
    return length === undefined ? { ca } : { ca, pathLength: countOf(length.content) };
  });
}

/** subjectKeyIdentifier. */
export function subjectKeyIdentifierOf(certificate: ParsedCertificate): Buffer | undefined {
  return readExtension(certificate, OID.subjectKeyIdentifier, (value) => singleContent(value, TAG.octetString));
}

export interface AuthorityKeyIdentifier {
  readonly keyIdentifier?: Buffer;
  readonly issuer?: readonly GeneralName[];
  readonly serial?: bigint;
}

/** Fields of an authorityKeyIdentifier extension of a certificate or CRL. */
export function authorityKeyIdentifierOf(holder: ExtensionHolder): AuthorityKeyIdentifier | undefined {
  return readExtension(holder, OID.authorityKeyIdentifier, (value) => {
    const cursor = openSingle(value, TAG.sequence);
    const keyIdentifier = cursor.readIf(contextTag(0));
    const issuer = cursor.readIf(contextConstructedTag(1));
    const serial = cursor.readIf(contextTag(2));
    cursor.finish();
    return {
      ...(keyIdentifier === undefined ? {} : { keyIdentifier: keyIdentifier.content }),
      ...(issuer === undefined ? {} : { issuer: generalNamesOf(issuer.content) }),
      ...(serial === undefined ? {} : { serial: integerOf(serial.content) }),
    };
  });
}

/** Names in subjectAltName, in order. */
export function subjectAltNamesOf(certificate: ParsedCertificate): GeneralName[] | undefined {
  return readExtension(certificate, OID.subjectAltName, (value) => generalNamesOf(singleContent(value, TAG.sequence)));
}

/** Full names of each distribution point; a point in another form (relative name, CRL issuer only) gives an empty list. */
export function crlDistributionPointsOf(certificate: ParsedCertificate): GeneralName[][] | undefined {
  return readExtension(certificate, OID.crlDistributionPoints, (value) =>
    valuesOf(singleContent(value, TAG.sequence)).map((point) => {
      const name = new DerCursor(point.content).readIf(contextConstructedTag(0));
      const full = name === undefined ? undefined : new DerCursor(name.content).readIf(contextConstructedTag(0));
      return full === undefined ? [] : generalNamesOf(full.content);
    }),
  );
}

function policyOf(value: DerValue): PolicyInformation {
  const [policy, qualifiers] = valuesOf(value.content);
  if (policy === undefined) throw new PkiError('BAD_DER', 'empty policy information');
  for (const qualifier of qualifiers === undefined ? [] : valuesOf(qualifiers.content)) {
    const [id, text] = valuesOf(qualifier.content);
    if (id !== undefined && oidOf(id) === OID.cpsQualifier && text !== undefined) return { oid: oidOf(policy), cpsUri: textOf(text) };
  }
  return { oid: oidOf(policy) };
}

/** Policies with their CPS address. */
export function certificatePoliciesOf(certificate: ParsedCertificate): PolicyInformation[] | undefined {
  return readExtension(certificate, OID.certificatePolicies, (value) => valuesOf(singleContent(value, TAG.sequence)).map(policyOf));
}

/** OCSP addresses of authorityInfoAccess. */
export function ocspUrisOf(certificate: ParsedCertificate): string[] {
  const found = readExtension(certificate, OID.authorityInfoAccess, (value) =>
    valuesOf(singleContent(value, TAG.sequence)).flatMap((description) => {
      const [method, location] = valuesOf(description.content);
      if (method === undefined || location === undefined || oidOf(method) !== OID.accessOcsp) return [];
      const name = generalNameOf(location);
      return name.kind === 'uri' ? [name.uri] : [];
    }),
  );
  return found ?? [];
}
