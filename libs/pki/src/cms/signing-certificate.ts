import type { ParsedCertificate } from '../certificate/certificate.js';
import { OID } from '../der/oid.js';
import { DerCursor, openSingle } from '../der/read.js';
import { TAG } from '../der/tag.js';
import { contextConstructed, integer, octetString, sequence } from '../der/write.js';
import { type DigestName, digestNameOf, digestOf } from './digest-algorithm.js';
import { attribute } from './signed-data.js';

/** ESSCertIDv2 (RFC 5035 section 4): the one certificate that a signature is to be verified with. */
export interface SigningCertificateId {
  /** Undefined for a digest that this engine does not accept. */
  readonly digest: DigestName | undefined;
  readonly hash: Buffer;
  /** IssuerSerial DER. */
  readonly issuerSerial?: Buffer;
}

function issuerSerialOf({ issuerDer, serial }: ParsedCertificate): Buffer {
  return sequence(sequence(contextConstructed(4, issuerDer)), integer(serial));
}

/** Signed attribute signing-certificate-v2 for one certificate: SHA-256, which as the default is left out, and IssuerSerial. */
export function signingCertificateAttribute(certificate: ParsedCertificate): Buffer {
  const id = sequence(octetString(digestOf('sha256', certificate.der)), issuerSerialOf(certificate));
  return attribute(OID.cmsSigningCertificateV2, sequence(sequence(id)));
}

/** The first ESSCertIDv2 of a SigningCertificateV2, which is the signer's (RFC 5035 section 3). Faults `BAD_DER`. */
export function signingCertificateIdOf(der: Buffer): SigningCertificateId {
  const cursor = openSingle(der, TAG.sequence);
  const ids = new DerCursor(cursor.read(TAG.sequence).content);
  cursor.readIf(TAG.sequence);
  cursor.finish();
  const id = new DerCursor(ids.read(TAG.sequence).content);
  const algorithm = id.readIf(TAG.sequence);
  const hash = id.read(TAG.octetString).content;
  const issuerSerial = id.readIf(TAG.sequence)?.raw;
  id.finish();
  const digest = algorithm === undefined ? 'sha256' : digestNameOf(algorithm);
  return issuerSerial === undefined ? { digest, hash } : { digest, hash, issuerSerial };
}

/** Whether the id is of this certificate. */
export function isCertificateWithId(certificate: ParsedCertificate, { digest, hash, issuerSerial }: SigningCertificateId): boolean {
  if (digest === undefined || !hash.equals(digestOf(digest, certificate.der))) return false;
  return issuerSerial === undefined || issuerSerial.equals(issuerSerialOf(certificate));
}
