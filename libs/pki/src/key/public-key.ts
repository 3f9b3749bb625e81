import { type KeyObject, constants, createHash, createPublicKey, verify } from 'node:crypto';
import { BoundedCache } from '../bounded-cache.js';
import { OID, oid } from '../der/oid.js';
import { DerCursor, integerOf, oidOf, openSingle, wholeBits } from '../der/read.js';
import { TAG } from '../der/tag.js';
import { bitString, integer, nullValue, sequence } from '../der/write.js';
import { PkiError } from '../pki-error.js';
import { schemeOfOid, signatureSchemeOf } from './signature-scheme.js';

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

/** Key checksum of ceremony minutes: SHA-256 of the SubjectPublicKeyInfo (JPKI 3.2). */
export function keyChecksumOf(spki: Buffer): Buffer {
  return createHash('sha256').update(spki).digest();
}

/** Modulus and exponent of an RSA SubjectPublicKeyInfo; faults `BAD_KEY` for other algorithms. */
export function rsaPublicKeyOf(spki: Buffer): RsaPublicKey {
  const cursor = openSingle(spki, TAG.sequence);
  const algorithm = new DerCursor(cursor.read(TAG.sequence).content);
  if (oidOf(algorithm.read()) !== OID.rsaEncryption) throw new PkiError('BAD_KEY', 'public key is not RSA');
  algorithm.read(TAG.null);
  algorithm.finish();
  const key = wholeBits(cursor.read(TAG.bitString).content);
  cursor.finish();
  return rsaNumbersOf(key);
}

/** SubjectPublicKeyInfo of an RSA key, for cards that return modulus and exponent. */
export function encodeRsaSpki({ modulus, exponent }: RsaPublicKey): Buffer {
  return sequence(sequence(oid(OID.rsaEncryption), nullValue()), bitString(sequence(integer(modulus), integer(exponent))));
}

/** Far above a key of 16,384 bits; keeps the cost of a hostile one small. */
export const MAX_SPKI_LENGTH = 5_000;

/** A public key that can check signatures, with what tells its strength. */
export interface VerifyingKey {
  readonly type: 'rsa' | 'rsa-pss' | 'ec' | 'dsa' | 'ed25519' | 'ed448';
  readonly object: KeyObject;
  /** Only RSA. */
  readonly rsa?: { readonly modulusBits: number; readonly odd: boolean; readonly exponent: bigint };
  /** Only EC: OID of the named curve; a key with explicit parameters is none (RFC 5480 2.1.1). */
  readonly curve?: string;
}

export const ID_DSA = '1.2.840.10040.4.1';

const KEY_TYPE: Readonly<Record<string, VerifyingKey['type']>> = {
  [OID.rsaEncryption]: 'rsa',
  '1.2.840.113549.1.1.10': 'rsa-pss',
  '1.2.840.10045.2.1': 'ec',
  [ID_DSA]: 'dsa',
  '1.3.101.112': 'ed25519',
  '1.3.101.113': 'ed448',
};

/** RSAPublicKey (RFC 8017 A.1.1). */
function rsaNumbersOf(key: Buffer): RsaPublicKey {
  const cursor = openSingle(key, TAG.sequence);
  const modulus = integerOf(cursor.read(TAG.integer).content);
  const exponent = integerOf(cursor.read(TAG.integer).content);
  cursor.finish();
  if (modulus <= 0n || exponent <= 0n) throw new PkiError('BAD_KEY', 'modulus or exponent not positive');
  return { modulus, exponent };
}

function strengthOf({ modulus, exponent }: RsaPublicKey): NonNullable<VerifyingKey['rsa']> {
  return { modulusBits: modulus.toString(2).length, odd: (modulus & 1n) === 1n, exponent };
}

function readKey(spki: Buffer): VerifyingKey | undefined {
  const cursor = openSingle(spki, TAG.sequence);
  const algorithm = new DerCursor(cursor.read(TAG.sequence).content);
  const dotted = oidOf(algorithm.read());
  const type = Object.hasOwn(KEY_TYPE, dotted) ? KEY_TYPE[dotted] : undefined;
  if (type === undefined) return undefined;
  const curve = type === 'ec' ? oidOf(algorithm.read()) : undefined;
  // NULL is demanded for RSA (RFC 3279 2.3.1), nothing may stand there for the Edwards curves (RFC 8410 section 3).
  if (type === 'rsa') algorithm.read(TAG.null);
  // Without parameters of its own a DSA key is none yet (RFC 5280 6.1.4 (e)).
  if (type === 'dsa') algorithm.read(TAG.sequence);
  if (type !== 'rsa-pss') algorithm.finish();
  const key = wholeBits(cursor.read(TAG.bitString).content);
  cursor.finish();
  const numbers = type === 'rsa' || type === 'rsa-pss' ? rsaNumbersOf(key) : undefined;
  // OpenSSL takes some twenty times as long to read the same key out of its SubjectPublicKeyInfo.
  const object = type === 'rsa' ? createPublicKey({ key, format: 'der', type: 'pkcs1' }) : createPublicKey({ key: spki, format: 'der', type: 'spki' });
  return { type, object, ...(numbers === undefined ? {} : { rsa: strengthOf(numbers) }), ...(curve === undefined ? {} : { curve }) };
}

const keys = new BoundedCache<VerifyingKey | 'none'>(1_000);

/** The key of a SubjectPublicKeyInfo that is asked for this once; undefined for an algorithm this engine does not know or a key that cannot be read. */
export function newVerifyingKeyOf(spki: Buffer): VerifyingKey | undefined {
  return spki.length > MAX_SPKI_LENGTH ? undefined : unlessFaulty(() => readKey(spki));
}

/** The same, kept for the next one who asks. */
export function verifyingKeyOf(spki: Buffer): VerifyingKey | undefined {
  if (spki.length > MAX_SPKI_LENGTH) return undefined;
  const name = spki.toString('latin1');
  let key = keys.get(name);
  if (key === undefined) {
    key = newVerifyingKeyOf(spki) ?? 'none';
    keys.set(name, key);
  }
  return key === 'none' ? undefined : key;
}

/** Undefined for a fault of ours or of OpenSSL: what a key or a signature of others can be is theirs to choose. */
function unlessFaulty<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

export interface SignedOctets {
  readonly tbs: Buffer;
  readonly signature: Buffer;
  readonly algorithmOid: string;
  /** AlgorithmIdentifier DER, where its parameters are to be checked or tell the scheme (RSASSA-PSS). */
  readonly signatureAlgorithm?: Buffer;
}

/** Whether the signature is by the key; false also for an algorithm this engine does not know or a key that cannot be read. */
export function isSignedBy(signed: SignedOctets, spki: Buffer): boolean {
  return isSignedWith(signed, verifyingKeyOf(spki));
}

/** The same of a key that was read. */
export function isSignedWith({ tbs, signature, algorithmOid, signatureAlgorithm }: SignedOctets, key: VerifyingKey | undefined): boolean {
  const scheme = signatureAlgorithm === undefined ? schemeOfOid(algorithmOid) : unlessFaulty(() => signatureSchemeOf(signatureAlgorithm));
  if (scheme === undefined || key === undefined) return false;
  const pss = scheme.saltLength === undefined ? {} : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltLength };
  // A key has one use: an RSA key does not check a signature that calls itself ECDSA, nor a key kept for PSS one of PKCS#1.
  const fits = key.type === scheme.key || (key.type === 'rsa-pss' && scheme.saltLength !== undefined);
  return fits && unlessFaulty(() => verify(scheme.digest, tbs, { key: key.object, ...pss }, signature)) === true;
}
