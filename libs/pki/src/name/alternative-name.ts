import { type ParsedCertificate, extensionOf } from '../certificate/certificate.js';
import { OID } from '../der/oid.js';
import { type DerValue, singleContent, valuesOf } from '../der/read.js';
import { TAG, contextConstructedTag, contextTag } from '../der/tag.js';
import { parsingAs } from '../pki-error.js';

/** Tags of GeneralName (RFC 5280 4.2.1.6); x400Address and ediPartyName, directoryName and otherName are constructed. */
export const NAME_TAG = {
  otherName: contextConstructedTag(0),
  rfc822Name: contextTag(1),
  dnsName: contextTag(2),
  x400Address: contextConstructedTag(3),
  directoryName: contextConstructedTag(4),
  ediPartyName: contextConstructedTag(5),
  uri: contextTag(6),
  ipAddress: contextTag(7),
  registeredId: contextTag(8),
} as const;

/** Values in subjectAltName as found, whatever their content: here a name is judged by its octets. Faults `BAD_CERTIFICATE`. */
export function alternativeNamesOf(certificate: ParsedCertificate): DerValue[] {
  const found = extensionOf(certificate, OID.subjectAltName);
  if (found === undefined) return [];
  return parsingAs('BAD_CERTIFICATE', () => valuesOf(singleContent(found.value, TAG.sequence)));
}
