import { createHash, createPublicKey, verify } from 'node:crypto';
import { OID, oid } from '../der/oid.js';
import { DerCursor, integerOf, oidOf, openSingle, wholeBits } from '../der/read.js';
import { TAG } from '../der/tag.js';
import { bitString, integer, nullValue, sequence } from '../der/write.js';
import { PkiError } from '../pki-error.js';

export interface RsaPublicKey {
  readonly modulus: bigint;
  readonly exponent: bigint;
}

/** Octets of the subjectPublicKey BIT STRING of a SubjectPublicKeyInfo: what key identifiers and OCSP key hashes are taken over. */
export function publicKeyOctets(spki: Buffer): Buffer {
  const cursor = openSingle(spki, TAG.sequence);
  cursor.read(TAG.sequence);
  const octets = wholeBits(cursor.read(TAG.bitString).content);
  cursor.finish();
  return octets;
}

/** Key identifier by method 1: SHA-1 of the subjectPublicKey octets (RFC 5280 4.2.1.2). */
export function keyIdentifierOf(spki: Buffer): Buffer {
  return createHash('sha1').update(publicKeyOctets(spki)).digest();
}

/** Modulus and exponent of an RSA SubjectPublicKeyInfo; faults `BAD_KEY` for other algorithms. */
export function rsaPublicKeyOf(spki: Buffer): RsaPublicKey {
  const cursor = openSingle(spki, TAG.sequence);
  const algorithm = new DerCursor(cursor.read(TAG.sequence).content);
  if (oidOf(algorithm.read()) !== OID.rsaEncryption) throw new PkiError('BAD_KEY', 'public key is not RSA');
  algorithm.read(TAG.null);
  algorithm.finish();
  const key = openSingle(wholeBits(cursor.read(TAG.bitString).content), TAG.sequence);
  cursor.finish();
  const modulus = integerOf(key.read(TAG.integer).content);
  const exponent = integerOf(key.read(TAG.integer).content);
  key.finish();
  if (modulus <= 0n || exponent <= 0n) throw new PkiError('BAD_KEY', 'modulus or exponent not positive');
  return { modulus, exponent };
}

/** SubjectPublicKeyInfo of an RSA key, for cards that return modulus and exponent. */
export function encodeRsaSpki({ modulus, exponent }: RsaPublicKey): Buffer {
  return sequence(sequence(oid(OID.rsaEncryption), nullValue()), bitString(sequence(integer(modulus), integer(exponent))));
}

/** Digest by signature algorithm; the older and longer ones only so that foreign certificates can be checked. */
const SIGNATURE_DIGEST: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
};

export interface SignedOctets {
  readonly tbs: Buffer;
  readonly signature: Buffer;
  readonly algorithmOid: string;
}

/** Whether the signature is by the key; false also for an algorithm this engine does not know or a key that cannot be read. */
export function isSignedBy({ tbs, signature, algorithmOid }: SignedOctets, spki: Buffer): boolean {
  const digest = SIGNATURE_DIGEST[algorithmOid];
  if (digest === undefined) return false;
  try {
    return verify(digest, tbs, createPublicKey({ key: spki, format: 'der', type: 'spki' }), signature);
  } catch {
    return false;
  }
}
