import { createHash } from 'node:crypto';
import { OID, oid } from '../der/oid.js';
import { DerCursor, type DerValue, integerOf, oidOf } from '../der/read.js';
import { TAG } from '../der/tag.js';
import { integer, nullValue, octetString, sequence } from '../der/write.js';
import { publicKeyOctets } from '../key/public-key.js';
import { PkiError } from '../pki-error.js';

export type CertIdHash = 'sha1' | 'sha256';

/** Which certificate an OCSP item asks for (RFC 6960 4.1.1). `der` is echoed in the answer as it came. */
export interface CertId {
  readonly hash: CertIdHash;
  readonly issuerNameHash: Buffer;
  readonly issuerKeyHash: Buffer;
  readonly serial: bigint;
  readonly der: Buffer;
}

export interface CertIdIssuer {
  /** Subject Name DER and SubjectPublicKeyInfo DER of the issuer. */
  readonly subjectDer: Buffer;
  readonly spki: Buffer;
}

/** CertID from its fields, hash algorithm with NULL parameters. */
export function encodeCertId(fields: Omit<CertId, 'der'>): CertId {
  const der = sequence(
    sequence(oid(OID[fields.hash]), nullValue()),
    octetString(fields.issuerNameHash),
    octetString(fields.issuerKeyHash),
    integer(fields.serial),
  );
  return { ...fields, der };
}

/** CertID of a serial under an issuer, from the issuer's certificate (its subject and key). */
export function certIdOf(issuer: CertIdIssuer, serial: bigint, hash: CertIdHash): CertId {
  const issuerNameHash = createHash(hash).update(issuer.subjectDer).digest();
  const issuerKeyHash = createHash(hash).update(publicKeyOctets(issuer.spki)).digest();
  return encodeCertId({ hash, issuerNameHash, issuerKeyHash, serial });
}

function hashOf(algorithm: DerValue): CertIdHash {
  const cursor = new DerCursor(algorithm.content);
  const dotted = oidOf(cursor.read());
  cursor.readIf(TAG.null);
  cursor.finish();
  if (dotted === OID.sha1) return 'sha1';
  if (dotted === OID.sha256) return 'sha256';
  throw new PkiError('BAD_DER', `CertID hash ${dotted} is not supported`);
}

/** CertID of a DER value; faults `BAD_DER` for a hash other than SHA-1 and SHA-256 or hashes of the wrong length. */
export function certIdFrom(value: DerValue): CertId {
  const cursor = new DerCursor(value.content);
  const hash = hashOf(cursor.read(TAG.sequence));
  const issuerNameHash = cursor.read(TAG.octetString).content;
  const issuerKeyHash = cursor.read(TAG.octetString).content;
  const serial = integerOf(cursor.read(TAG.integer).content);
  cursor.finish();
  const length = hash === 'sha1' ? 20 : 32;
  if (issuerNameHash.length !== length || issuerKeyHash.length !== length) throw new PkiError('BAD_DER', 'CertID hash has a wrong length');
  return { hash, issuerNameHash, issuerKeyHash, serial, der: value.raw };
}
