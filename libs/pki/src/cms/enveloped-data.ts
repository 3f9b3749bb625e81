import { type KeyObject, constants, createCipheriv, createDecipheriv, createPublicKey, privateDecrypt, publicEncrypt, randomBytes } from 'node:crypto';
import type { ParsedCertificate } from '../certificate/certificate.js';
import { OID, oid } from '../der/oid.js';
import { DerCursor, oidOf, valuesOf } from '../der/read.js';
import { TAG, contextConstructedTag, contextTag } from '../der/tag.js';
import { contextConstructed, contextPrimitive, integer, octetString, sequence, setOf } from '../der/write.js';
import { PkiError, parsingAs } from '../pki-error.js';
import { contentInfo, contentOf, issuerAndSerial, namesCertificate } from './cms.js';

const VERSION = 0;
const IV_LENGTH = 12;
const TAG_LENGTH = 16;
const SHA256 = sequence(oid(OID.sha256));
/** RSAES-OAEP with SHA-256 for hash and mask (RFC 4055 section 4.1). */
const OAEP = sequence(oid(OID.rsaesOaep), sequence(contextConstructed(0, SHA256), contextConstructed(1, sequence(oid(OID.mgf1), SHA256))));

function oaep(key: KeyObject) {
  return { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
}

/** A fresh content key with what tells the recipient of it. */
function openEnvelope(recipient: ParsedCertificate) {
  const [key, iv] = [randomBytes(32), randomBytes(IV_LENGTH)];
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_LENGTH });
  const transported = publicEncrypt(oaep(createPublicKey({ key: recipient.spki, format: 'der', type: 'spki' })), key);
  key.fill(0);
  const recipients = setOf(sequence(integer(VERSION), issuerAndSerial(recipient), OAEP, octetString(transported)));
  return { cipher, recipients, gcm: sequence(oid(OID.aes256Gcm), sequence(octetString(iv), integer(TAG_LENGTH))) };
}

/** AuthEnvelopedData (RFC 5083) for one recipient: AES-256-GCM (RFC 5084), its key transported by RSAES-OAEP (RFC 3560). */
export function encryptData(content: Buffer, recipient: ParsedCertificate): Buffer {
  const { cipher, recipients, gcm } = openEnvelope(recipient);
  const encrypted = Buffer.concat([cipher.update(content), cipher.final()]);
  return contentInfo(OID.cmsAuthEnvelopedData, sequence(
    integer(VERSION),
    recipients,
    sequence(oid(OID.cmsData), gcm, contextPrimitive(0, encrypted)),
    octetString(cipher.getAuthTag()),
  ));
}

const INDEFINITE = 0x80;
const END_OF_CONTENTS = Buffer.alloc(2);

/**
 * The same for content of any length, written while it comes: BER with indefinite lengths (X.690 8.1.3.6), which CMS allows
 * (RFC 5652 section 2). Whoever reads it must have read the end before trusting the beginning, since the tag is there.
 */
export async function* encryptStream(content: AsyncIterable<Buffer>, recipient: ParsedCertificate): AsyncGenerator<Buffer> {
  const { cipher, recipients, gcm } = openEnvelope(recipient);
  const open = (tag: number): Buffer => Buffer.from([tag, INDEFINITE]);
  const [nested, explicit] = [open(TAG.sequence), open(contextConstructedTag(0))];
  yield Buffer.concat([nested, oid(OID.cmsAuthEnvelopedData), explicit, nested, integer(VERSION), recipients, nested, oid(OID.cmsData), gcm, explicit]);
  for await (const chunk of content) if (chunk.length > 0) yield octetString(cipher.update(chunk));
  cipher.final();
  const ends = (count: number): Buffer[] => Array.from({ length: count }, () => END_OF_CONTENTS);
  yield Buffer.concat([...ends(2), octetString(cipher.getAuthTag()), ...ends(3)]);
}

/** The content, for the holder of the recipient's key. Faults `BAD_CMS` on another structure, algorithm or recipient, and on any changed bit. */
export function decryptData(der: Buffer, recipient: ParsedCertificate, key: KeyObject): Buffer {
  return parsingAs('BAD_CMS', () => {
    const cursor = new DerCursor(contentOf(der, OID.cmsAuthEnvelopedData));
    cursor.read(TAG.integer);
    const transported = transportedKey(cursor.read(TAG.set).content, recipient);
    const info = new DerCursor(cursor.read(TAG.sequence).content);
    const tag = cursor.read(TAG.octetString).content;
    cursor.finish();
    info.read(TAG.oid);
    const iv = gcmNonce(info.read(TAG.sequence).content);
    const encrypted = info.read(contextTag(0)).content;
    info.finish();
    if (tag.length !== TAG_LENGTH) throw new PkiError('BAD_CMS', 'authentication tag is not 16 octets');
    try {
      const decipher = createDecipheriv('aes-256-gcm', privateDecrypt(oaep(key), transported), iv, { authTagLength: TAG_LENGTH }).setAuthTag(tag);
      return Buffer.concat([decipher.update(encrypted), decipher.final()]);
    } catch {
      // One fault for all, so that nobody learns which step failed.
      throw new PkiError('BAD_CMS', 'does not decrypt');
    }
  });
}

function transportedKey(recipients: Buffer, recipient: ParsedCertificate): Buffer {
  for (const { content } of valuesOf(recipients)) {
    const cursor = new DerCursor(content);
    cursor.read(TAG.integer);
    if (!namesCertificate(cursor, recipient)) continue;
    const algorithm = cursor.read(TAG.sequence).raw;
    if (!algorithm.equals(OAEP)) throw new PkiError('BAD_CMS', 'key transport other than RSAES-OAEP with SHA-256');
    return cursor.read(TAG.octetString).content;
  }
  throw new PkiError('BAD_CMS', 'not for this recipient');
}

function gcmNonce(algorithm: Buffer): Buffer {
  const cursor = new DerCursor(algorithm);
  const found = oidOf(cursor.read(TAG.oid));
  if (found !== OID.aes256Gcm) throw new PkiError('BAD_CMS', `content encryption ${found}`);
  return new DerCursor(cursor.read(TAG.sequence).content).read(TAG.octetString).content;
}
