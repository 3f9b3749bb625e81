import { type KeyObject, constants, createPublicKey, generateKeyPair, privateEncrypt, publicDecrypt, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { OID, oid } from '../der/oid.js';
import { nullValue, octetString, sequence } from '../der/write.js';
import { PkiError } from '../pki-error.js';
import { isSignedBy, keyIdentifierOf, verifyingKeyOf } from './public-key.js';

export type SignatureAlgorithm = 'sha256WithRSAEncryption';

/**
 * The private key of an authority as the engine sees it: it can only sign. Adapters: a file key here, PKCS#11 beside it.
 * `publicKeySpki` is the SubjectPublicKeyInfo DER, `keyIdentifier` its SHA-1 by method 1 of RFC 5280 4.2.1.2.
 */
export interface SigningKey {
  readonly id: string;
  readonly algorithm: SignatureAlgorithm;
  readonly publicKeySpki: Buffer;
  readonly keyIdentifier: Buffer;
  /** Signature over the to-be-signed octets. */
  sign(tbs: Buffer): Promise<Buffer>;
  /** Signature when the octets were hashed outside (CKM_RSA_PKCS with DigestInfo): CRLs are never sent through a token. */
  signDigest(sha256: Buffer): Promise<Buffer>;
}

export interface NewKeyOptions {
  /** Modulus bits, at least 2048. */
  readonly bits: number;
}

/** Where an authority keeps its keys: an encrypted folder or a PKCS#11 token. */
export interface SigningKeyStore {
  /** Faults `KEY_NOT_FOUND`. */
  open(id: string): Promise<SigningKey>;
  /** Of several processes doing so at once all end with the same key. */
  openOrCreate(id: string, options: NewKeyOptions): Promise<SigningKey>;
}

const ALGORITHM_OID: Readonly<Record<SignatureAlgorithm, string>> = { sha256WithRSAEncryption: OID.sha256WithRsa };
const IDENTIFIER: Readonly<Record<SignatureAlgorithm, Buffer>> = { sha256WithRSAEncryption: sequence(oid(OID.sha256WithRsa), nullValue()) };

/** AlgorithmIdentifier DER, not to be written to; RSA algorithms carry the NULL parameter (RFC 4055 section 5). */
export function signatureAlgorithmIdentifier(algorithm: SignatureAlgorithm): Buffer {
  return IDENTIFIER[algorithm];
}

/** DigestInfo DER of a SHA-256 digest (RFC 8017 9.2), what CKM_RSA_PKCS pads and signs. */
export function digestInfoOf(sha256: Buffer): Buffer {
  if (sha256.length !== 32) throw new PkiError('BAD_KEY', 'not a SHA-256 digest');
  return sequence(sequence(oid(OID.sha256), nullValue()), octetString(sha256));
}

function signAsync(tbs: Buffer, key: KeyObject): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The callback form runs on the thread pool, so that issuing does not stop the event loop.
    sign('sha256', tbs, key, (error, signature) => (error === null ? resolve(signature) : reject(error)));
  });
}

/** SigningKey over an RSA private key held in this process: file store, OCSP responders. */
export function signingKeyOf(id: string, privateKey: KeyObject): SigningKey {
  if (privateKey.type !== 'private' || privateKey.asymmetricKeyType !== 'rsa') throw new PkiError('BAD_KEY', 'not an RSA private key');
  const publicKeySpki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return {
    id,
    algorithm: 'sha256WithRSAEncryption',
    publicKeySpki,
    keyIdentifier: keyIdentifierOf(publicKeySpki),
    sign: (tbs) => signAsync(tbs, privateKey),
    signDigest: async (digest) => privateEncrypt({ key: privateKey, padding: constants.RSA_PKCS1_PADDING }, digestInfoOf(digest)),
  };
}

/** A new RSA key pair, e = 65537, kept in memory only. `bits` of at least 2048. */
export async function generateRsaKey(bits: number): Promise<KeyObject> {
  if (bits < 2048) throw new PkiError('WEAK_KEY', 'modulus below 2048 bits');
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: bits, publicExponent: 65537 });
  return pair.privateKey;
}

/**
 * Signature over `tbs`, verified with the public key before it leaves: a faulty signature of a broken token could reveal the private
 * key (Boneh, DeMillo, Lipton 1997). Faults `BAD_SIGNATURE`.
 */
export async function signChecked(tbs: Buffer, key: SigningKey): Promise<Buffer> {
  const signature = await key.sign(tbs);
  if (!isSignedBy({ tbs, signature, algorithmOid: ALGORITHM_OID[key.algorithm] }, key.publicKeySpki)) throw wrongSignature(key);
  return signature;
}

/** The same of octets that were hashed here: the key gets 32 octets. */
export async function signDigestChecked(sha256: Buffer, key: SigningKey): Promise<Buffer> {
  const signature = await key.signDigest(sha256);
  if (!isDigestSignedBy(sha256, signature, key.publicKeySpki)) throw wrongSignature(key);
  return signature;
}

/** Whether an RSA signature (RSASSA-PKCS1-v1_5) over octets of this SHA-256 is by the key, where the octets are too many to be held at once. */
export function isDigestSignedBy(sha256: Buffer, signature: Buffer, spki: Buffer): boolean {
  const key = verifyingKeyOf(spki);
  if (key?.type !== 'rsa') return false;
  try {
    return publicDecrypt({ key: key.object, padding: constants.RSA_PKCS1_PADDING }, signature).equals(digestInfoOf(sha256));
  } catch {
    // What is not padded as it should be is no signature.
    return false;
  }
}

function wrongSignature({ id }: SigningKey): PkiError {
  return new PkiError('BAD_SIGNATURE', `key ${id} returned a signature that does not verify`);
}
