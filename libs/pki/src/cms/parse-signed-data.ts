import { type ParsedCertificate, subjectKeyIdentifierOf } from '../certificate/certificate.js';
import { OID } from '../der/oid.js';
import { DerCursor, type DerValue, oidOf, singleContent, smallIntegerOf, valuesOf } from '../der/read.js';
import { TAG, contextConstructedTag, contextTag } from '../der/tag.js';
import { tlv } from '../der/write.js';
import { isSignedBy } from '../key/public-key.js';
import { PkiError, parsingAs } from '../pki-error.js';
import { contentOf, issuerAndSerial } from './cms.js';
import { type DigestName, digestNameOf, digestOf } from './digest-algorithm.js';

/** One signature of a SignedData as found (RFC 5652 section 5.3). */
export interface SignerInfo {
  /** How it names its certificate: IssuerAndSerialNumber DER, or the subject key identifier. */
  readonly signer: { readonly issuerAndSerial: Buffer } | { readonly keyIdentifier: Buffer };
  /** Undefined for a digest that this engine does not accept. */
  readonly digest: DigestName | undefined;
  /** Values of each signed attribute by its type; empty without signed attributes. */
  readonly attributes: ReadonlyMap<string, readonly DerValue[]>;
  /** What is signed: the attributes under the tag of SET, not the implicit one of the message (5.4). */
  readonly tbs: Buffer;
  readonly algorithmOid: string;
  readonly signature: Buffer;
}

/** SignedData as found; nothing in it is believed yet. Buffers are views on the message. */
export interface ParsedSignedData {
  /** Content type and octets; no octets when the content is kept elsewhere. */
  readonly type: string;
  readonly content: Buffer | undefined;
  /** DER of the certificates in the message, in its order; other kinds of certificates are left out. */
  readonly certificates: readonly Buffer[];
  readonly signers: readonly SignerInfo[];
}

/** CMSVersion by the rules of 5.1: with plain data, with other content, with attribute or other certificates. */
const VERSIONS = [1, 3, 4, 5];

function attributesOf(content: Buffer): Map<string, readonly DerValue[]> {
  const found = new Map<string, readonly DerValue[]>();
  for (const value of valuesOf(content)) {
    const cursor = new DerCursor(value.content);
    const type = oidOf(cursor.read(TAG.oid));
    const values = valuesOf(cursor.read(TAG.set).content);
    cursor.finish();
    if (values.length === 0) throw new PkiError('BAD_CMS', 'attribute without value');
    if (found.has(type)) throw new PkiError('BAD_CMS', `attribute ${type} is repeated`);
    found.set(type, values);
  }
  return found;
}

function signerInfoOf(value: DerValue): SignerInfo {
  const cursor = new DerCursor(value.content);
  const version = smallIntegerOf(cursor.read(TAG.integer).content);
  const keyIdentifier = cursor.readIf(contextTag(0));
  if (version !== (keyIdentifier === undefined ? 1 : 3)) throw new PkiError('BAD_CMS', 'version does not go with how the signer is named');
  const signer = keyIdentifier === undefined ? { issuerAndSerial: cursor.read(TAG.sequence).raw } : { keyIdentifier: keyIdentifier.content };
  const digest = digestNameOf(cursor.read(TAG.sequence));
  const attributes = cursor.readIf(contextConstructedTag(0))?.content ?? Buffer.alloc(0);
  const algorithmOid = oidOf(new DerCursor(cursor.read(TAG.sequence).content).read());
  const signature = cursor.read(TAG.octetString).content;
  cursor.readIf(contextConstructedTag(1));
  cursor.finish();
  return { signer, digest, attributes: attributesOf(attributes), tbs: tlv(TAG.set, attributes), algorithmOid, signature };
}

/** Reads a ContentInfo with SignedData (RFC 5652 section 5). Faults `BAD_CMS`. */
export function parseSignedData(der: Buffer): ParsedSignedData {
  return parsingAs('BAD_CMS', () => {
    const cursor = new DerCursor(contentOf(der, OID.cmsSignedData));
    if (!VERSIONS.includes(smallIntegerOf(cursor.read(TAG.integer).content))) throw new PkiError('BAD_CMS', 'unknown version');
    cursor.read(TAG.set);
    const info = new DerCursor(cursor.read(TAG.sequence).content);
    const certificates = cursor.readIf(contextConstructedTag(0))?.content ?? Buffer.alloc(0);
    cursor.readIf(contextConstructedTag(1));
    const signers = valuesOf(cursor.read(TAG.set).content).map(signerInfoOf);
    cursor.finish();
    const type = oidOf(info.read());
    const wrapped = info.readIf(contextConstructedTag(0));
    info.finish();
    return {
      type,
      content: wrapped === undefined ? undefined : singleContent(wrapped.content, TAG.octetString),
      certificates: valuesOf(certificates).filter(({ tag }) => tag === TAG.sequence).map(({ raw }) => raw),
      signers,
    };
  });
}

/** The value of a signed attribute that has one; undefined when it is absent or has several. */
export function attributeValue({ attributes }: SignerInfo, type: string): DerValue | undefined {
  const values = attributes.get(type);
  return values?.length === 1 ? values[0] : undefined;
}

/** Whether the signature names this certificate as its own. */
export function namesSigner({ signer }: SignerInfo, certificate: ParsedCertificate): boolean {
  if ('issuerAndSerial' in signer) return signer.issuerAndSerial.equals(issuerAndSerial(certificate));
  return subjectKeyIdentifierOf(certificate)?.equals(signer.keyIdentifier) === true;
}

/** The octets that were signed, or their digest where they are too many to be held. */
export type SignedOctets = Buffer | { readonly sha256: Buffer };

function digestBy(digest: DigestName, content: SignedOctets): Buffer | undefined {
  if (Buffer.isBuffer(content)) return digestOf(digest, content);
  return digest === 'sha256' ? content.sha256 : undefined;
}

/** Signature algorithms that go with a digest: RSA named alone or with the digest (RFC 5754 3.2), ECDSA with it (3.3). */
const SIGNATURES: Readonly<Record<DigestName, { readonly rsa: string; readonly ecdsa: string }>> = {
  sha256: { rsa: OID.sha256WithRsa, ecdsa: '1.2.840.10045.4.3.2' },
  sha384: { rsa: OID.sha384WithRsa, ecdsa: '1.2.840.10045.4.3.3' },
  sha512: { rsa: OID.sha512WithRsa, ecdsa: '1.2.840.10045.4.3.4' },
};

/**
 * Whether the signature is by the certificate's key over this content of this type (RFC 5652 5.4, 5.6): the signature holds over the
 * attributes, and they hold type and digest of the content, once each. Never without signed attributes: attributes once signed could
 * then be passed off as content.
 */
export function isContentSigned(info: SignerInfo, type: string, content: SignedOctets, certificate: ParsedCertificate): boolean {
  const { digest, tbs, signature, algorithmOid } = info;
  if (digest === undefined) return false;
  const { rsa, ecdsa } = SIGNATURES[digest];
  if (![OID.rsaEncryption, rsa, ecdsa].includes(algorithmOid)) return false;
  const typed = attributeValue(info, OID.cmsContentType);
  const digested = attributeValue(info, OID.cmsMessageDigest);
  if (typed?.tag !== TAG.oid || oidOf(typed) !== type) return false;
  const expected = digestBy(digest, content);
  if (expected === undefined || digested?.tag !== TAG.octetString || !digested.content.equals(expected)) return false;
  return isSignedBy({ tbs, signature, algorithmOid: algorithmOid === OID.rsaEncryption ? rsa : algorithmOid }, certificate.spki);
}
