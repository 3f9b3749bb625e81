import type { ParsedCertificate } from '../certificate/certificate.js';
import { OID, oid } from '../der/oid.js';
import { singleContent } from '../der/read.js';
import { TAG } from '../der/tag.js';
import { time, timeOf } from '../der/time.js';
import { contextConstructed, integer, nullValue, octetString, sequence, setOf } from '../der/write.js';
import { type SigningKey, signChecked } from '../key/signing-key.js';
import { PkiError, parsingAs } from '../pki-error.js';
import { contentInfo, issuerAndSerial } from './cms.js';
import { digestAlgorithm, digestOf } from './digest-algorithm.js';
import { type ParsedSignedData, type SignedOctets, attributeValue, isContentSigned, namesSigner, parseSignedData } from './parse-signed-data.js';

/** Version of a SignerInfo whose signer is named by issuer and serial number (RFC 5652 section 5.3). */
const SIGNER_VERSION = 1;
const SHA256 = digestAlgorithm('sha256');
const RSA = sequence(oid(OID.rsaEncryption), nullValue());

export interface CmsSigner {
  readonly certificate: ParsedCertificate;
  readonly key: SigningKey;
}

/** What a SignedData says and carries. */
export interface SignedDataContent {
  /** Content type, and its octets; `detached` leaves them out of the message. */
  readonly type: string;
  readonly content: Buffer;
  readonly detached?: boolean;
  /** Signed attributes beside content type and message digest. */
  readonly attributes: readonly Buffer[];
  /** DER of the certificates to put in. */
  readonly certificates: readonly Buffer[];
}

/** An attribute with one value (RFC 5652 section 5.3). */
export function attribute(type: string, value: Buffer): Buffer {
  return sequence(oid(type), setOf(value));
}

/** SignedData (RFC 5652 section 5) with one signer, SHA-256 and RSA. Faults `BAD_SIGNATURE` when the key's signature does not verify. */
export async function buildSignedData(said: SignedDataContent, { certificate, key }: CmsSigner): Promise<Buffer> {
  const { type, content, detached = false, certificates } = said;
  const attributes = setOf(
    attribute(OID.cmsContentType, oid(type)),
    attribute(OID.cmsMessageDigest, octetString(digestOf('sha256', content))),
    ...said.attributes,
  );
  const signature = await signChecked(attributes, key);
  const signer = sequence(
    integer(SIGNER_VERSION), issuerAndSerial(certificate), SHA256,
    contextConstructed(0, singleContent(attributes, TAG.set)), RSA, octetString(signature),
  );
  return contentInfo(OID.cmsSignedData, sequence(
    // 3 as soon as the content is not plain data (5.1).
    integer(type === OID.cmsData ? 1 : 3),
    setOf(SHA256),
    sequence(oid(type), ...(detached ? [] : [contextConstructed(0, octetString(content))])),
    ...(certificates.length === 0 ? [] : [contextConstructed(0, singleContent(setOf(...certificates), TAG.set))]),
    setOf(signer),
  ));
}

/** SignedData with the content inside, the signer's certificate and the time of signing. */
export function signData(content: Buffer, signer: CmsSigner, at: Date): Promise<Buffer> {
  const attributes = [attribute(OID.cmsSigningTime, time(at))];
  return buildSignedData({ type: OID.cmsData, content, attributes, certificates: [signer.certificate.der] }, signer);
}

export interface SignedContent {
  readonly content: Buffer;
  /** As the signer says. */
  readonly signedAt: Date | undefined;
}

/**
 * The content when `certificate` signed it; `detached` is the content of a message that does not hold its own. Certificates in the
 * message are not looked at: who may sign is the caller's to know. Faults `BAD_CMS` on another structure, `BAD_SIGNATURE` when another
 * signed, with another algorithm, or a single bit was changed.
 */
export function verifySignedData(der: Buffer, certificate: ParsedCertificate, detached?: Buffer): SignedContent {
  return parsingAs('BAD_CMS', () => {
    const signed = parseSignedData(der);
    const content = signed.content ?? detached;
    if (content === undefined || (signed.content !== undefined && detached !== undefined)) {
      throw new PkiError('BAD_CMS', 'content is neither inside nor beside, or both');
    }
    return { content, signedAt: signedTime(signed, content, certificate) };
  });
}

/** The same of a detached signature over octets of which only the SHA-256 is at hand; another digest is `BAD_SIGNATURE`. Answers the time of signing, as the signer says. */
export function verifyDetachedSignature(der: Buffer, certificate: ParsedCertificate, sha256: Buffer): Date | undefined {
  return parsingAs('BAD_CMS', () => {
    const signed = parseSignedData(der);
    if (signed.content !== undefined) throw new PkiError('BAD_CMS', 'content is inside');
    return signedTime(signed, { sha256 }, certificate);
  });
}

function signedTime({ type, signers }: ParsedSignedData, content: SignedOctets, certificate: ParsedCertificate): Date | undefined {
  if (type !== OID.cmsData) throw new PkiError('BAD_CMS', `signed content of type ${type}`);
  const signer = signers.find((one) => namesSigner(one, certificate));
  if (signer === undefined) throw new PkiError('BAD_SIGNATURE', 'not signed by the expected certificate');
  if (!isContentSigned(signer, type, content, certificate)) throw new PkiError('BAD_SIGNATURE', 'signature does not verify');
  const at = attributeValue(signer, OID.cmsSigningTime);
  return at === undefined ? undefined : timeOf(at);
}
