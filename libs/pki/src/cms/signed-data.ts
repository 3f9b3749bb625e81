import { createHash } from 'node:crypto';
import type { ParsedCertificate } from '../certificate/certificate.js';
import { OID, oid } from '../der/oid.js';
import { DerCursor, oidOf, singleContent, smallIntegerOf, valuesOf } from '../der/read.js';
import { TAG, contextConstructedTag } from '../der/tag.js';
import { time, timeOf } from '../der/time.js';
import { contextConstructed, integer, nullValue, octetString, sequence, setOf, tlv } from '../der/write.js';
import { isSignedBy } from '../key/public-key.js';
import { type SigningKey, signChecked } from '../key/signing-key.js';
import { PkiError, parsingAs } from '../pki-error.js';
import { contentInfo, contentOf, issuerAndSerial, namesCertificate } from './cms.js';

/** Version where signers are named by issuer and serial number and the content is plain data (RFC 5652 sections 5.1, 5.3). */
const VERSION = 1;
const SHA256 = sequence(oid(OID.sha256));
const RSA = sequence(oid(OID.rsaEncryption), nullValue());

export interface CmsSigner {
  readonly certificate: ParsedCertificate;
  readonly key: SigningKey;
}

/** SignedData (RFC 5652 section 5) with the content inside, one signer, its certificate and the time of signing. SHA-256, RSA. */
export async function signData(content: Buffer, { certificate, key }: CmsSigner, at: Date): Promise<Buffer> {
  const attributes = setOf(
    attribute(OID.cmsContentType, oid(OID.cmsData)),
    attribute(OID.cmsMessageDigest, octetString(digestOf(content))),
    attribute(OID.cmsSigningTime, time(at)),
  );
  const signature = await signChecked(attributes, key);
  const signer = sequence(
    integer(VERSION), issuerAndSerial(certificate), SHA256, contextConstructed(0, singleContent(attributes, TAG.set)), RSA, octetString(signature),
  );
  const signed = sequence(
    integer(VERSION), setOf(SHA256), sequence(oid(OID.cmsData), contextConstructed(0, octetString(content))), contextConstructed(0, certificate.der), setOf(signer),
  );
  return contentInfo(OID.cmsSignedData, signed);
}

export interface SignedContent {
  readonly content: Buffer;
  /** As the signer says. */
  readonly signedAt: Date | undefined;
}

/**
 * The content when `certificate` signed it. Certificates in the message are not looked at: who may sign is the caller's to know.
 * Faults `BAD_CMS` on another structure or algorithm, `BAD_SIGNATURE` when another signed or a single bit was changed.
 */
export function verifySignedData(der: Buffer, certificate: ParsedCertificate): SignedContent {
  return parsingAs('BAD_CMS', () => {
    const cursor = new DerCursor(contentOf(der, OID.cmsSignedData));
    cursor.read(TAG.integer);
    cursor.read(TAG.set);
    const content = encapsulated(cursor.read(TAG.sequence).content);
    cursor.readIf(contextConstructedTag(0));
    cursor.readIf(contextConstructedTag(1));
    const signers = valuesOf(cursor.read(TAG.set).content);
    cursor.finish();
    const signedAt = signers.map((signer) => verifySigner(signer.content, content, certificate)).find((verified) => verified !== undefined);
    if (signedAt === undefined) throw new PkiError('BAD_SIGNATURE', 'not signed by the expected certificate');
    return { content, signedAt: signedAt.time };
  });
}

function encapsulated(info: Buffer): Buffer {
  const cursor = new DerCursor(info);
  const type = oidOf(cursor.read(TAG.oid));
  if (type !== OID.cmsData) throw new PkiError('BAD_CMS', `signed content of type ${type}`);
  const content = singleContent(cursor.read(contextConstructedTag(0)).content, TAG.octetString);
  cursor.finish();
  return content;
}

/** Undefined when it is another's signature. */
function verifySigner(info: Buffer, content: Buffer, certificate: ParsedCertificate): { readonly time: Date | undefined } | undefined {
  const cursor = new DerCursor(info);
  if (smallIntegerOf(cursor.read(TAG.integer).content) !== VERSION || !namesCertificate(cursor, certificate)) return undefined;
  requireAlgorithm(cursor, [OID.sha256]);
  const attributes = cursor.read(contextConstructedTag(0)).content;
  requireAlgorithm(cursor, [OID.rsaEncryption, OID.sha256WithRsa]);
  const signature = cursor.read(TAG.octetString).content;
  // What is signed carries the tag of SET, not the implicit one of the message (RFC 5652 section 5.4).
  const tbs = tlv(TAG.set, attributes);
  if (!isSignedBy({ tbs, signature, algorithmOid: OID.sha256WithRsa }, certificate.spki)) throw new PkiError('BAD_SIGNATURE', 'signature does not verify');
  const found = attributesOf(attributes);
  const digest = found.get(OID.cmsMessageDigest);
  if (digest?.tag !== TAG.octetString || !digest.content.equals(digestOf(content))) throw new PkiError('BAD_SIGNATURE', 'content is not what was signed');
  const at = found.get(OID.cmsSigningTime);
  return { time: at === undefined ? undefined : timeOf(at) };
}

function attributesOf(content: Buffer): Map<string, ReturnType<DerCursor['read']>> {
  return new Map(valuesOf(content).map((value) => {
    const cursor = new DerCursor(value.content);
    const type = oidOf(cursor.read(TAG.oid));
    const [first] = valuesOf(cursor.read(TAG.set).content);
    if (first === undefined) throw new PkiError('BAD_CMS', 'attribute without value');
    return [type, first];
  }));
}

function requireAlgorithm(cursor: DerCursor, accepted: readonly string[]): void {
  const found = oidOf(new DerCursor(cursor.read(TAG.sequence).content).read(TAG.oid));
  if (!accepted.includes(found)) throw new PkiError('BAD_CMS', `algorithm ${found}`);
}

function attribute(type: string, value: Buffer): Buffer {
  return sequence(oid(type), setOf(value));
}

function digestOf(content: Buffer): Buffer {
  return createHash('sha256').update(content).digest();
}
