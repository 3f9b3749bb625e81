import { oid } from '../der/oid.js';
import { type DerCursor, oidOf, openSingle, singleContent } from '../der/read.js';
import { TAG, contextConstructedTag } from '../der/tag.js';
import { contextConstructed, integer, sequence } from '../der/write.js';
import type { ParsedCertificate } from '../certificate/certificate.js';
import { PkiError } from '../pki-error.js';

/** ContentInfo (RFC 5652 section 3). */
export function contentInfo(type: string, content: Buffer): Buffer {
  return sequence(oid(type), contextConstructed(0, content));
}

/** Content of a ContentInfo of this type; faults `BAD_CMS` on another. */
export function contentOf(der: Buffer, type: string): Buffer {
  const cursor = openSingle(der, TAG.sequence);
  const found = oidOf(cursor.read(TAG.oid));
  if (found !== type) throw new PkiError('BAD_CMS', `content type ${found}`);
  const content = cursor.read(contextConstructedTag(0)).content;
  cursor.finish();
  return singleContent(content, TAG.sequence);
}

type NamedCertificate = Pick<ParsedCertificate, 'issuerDer' | 'serial'>;

/** IssuerAndSerialNumber (RFC 5652 section 10.2.4). */
export function issuerAndSerial({ issuerDer, serial }: NamedCertificate): Buffer {
  return sequence(issuerDer, integer(serial));
}

/** Whether the next value names the certificate, by issuer and serial number. */
export function namesCertificate(cursor: DerCursor, certificate: NamedCertificate): boolean {
  return cursor.read(TAG.sequence).raw.equals(issuerAndSerial(certificate));
}
