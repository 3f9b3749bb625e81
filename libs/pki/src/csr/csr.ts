import { type KeyObject, createPublicKey, sign } from 'node:crypto';
import { assertDer } from '../der/canonical.js';
import { type Name, encodeName, parseName } from '../der/name.js';
import { OID } from '../der/oid.js';
import { derOf } from '../der/pem.js';
import { DerCursor, integerOf, openSingle, wholeBits } from '../der/read.js';
import { TAG, contextConstructedTag } from '../der/tag.js';
import { bitString, contextConstructed, integer, sequence } from '../der/write.js';
import { type RsaPublicKey, isSignedWith, newVerifyingKeyOf, rsaPublicKeyOf } from '../key/public-key.js';
import { signatureAlgorithmIdentifier } from '../key/signing-key.js';
import { PkiError, parsingAs } from '../pki-error.js';
import { type RsaRequirement, checkRsaKey } from './rsa-weakness.js';

export interface CertificationRequest {
  readonly subject: Name;
  /** SubjectPublicKeyInfo DER. */
  readonly spki: Buffer;
  readonly rsa: RsaPublicKey;
}

/** PKCS#10 request as found (RFC 2986 section 4); its signature is not looked at. Buffers are views on `der`. */
export interface RequestParts {
  readonly der: Buffer;
  readonly subject: Name;
  readonly subjectDer: Buffer;
  readonly spki: Buffer;
  readonly tbs: Buffer;
  readonly signature: Buffer;
  readonly algorithm: Buffer;
}

/** Reads a PKCS#10 request, DER or PEM. */
export function requestPartsOf(input: Buffer | string): RequestParts {
  const der = derOf(input, ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST']);
  assertDer(der);
  const outer = openSingle(der, TAG.sequence);
  const tbs = outer.read(TAG.sequence);
  const algorithm = outer.read(TAG.sequence).raw;
  const signature = wholeBits(outer.read(TAG.bitString).content);
  outer.finish();
  const info = new DerCursor(tbs.content);
  if (integerOf(info.read(TAG.integer).content) !== 0n) throw new PkiError('BAD_CSR', 'version is not v1');
  const subjectDer = info.read(TAG.sequence).raw;
  const spki = info.read(TAG.sequence).raw;
  info.read(contextConstructedTag(0));
  info.finish();
  return { der, subject: parseName(subjectDer), subjectDer, spki, tbs: tbs.raw, signature, algorithm };
}

/** Whether the request is signed with SHA-256 and RSA by the key it asks for. */
export function isSelfSigned(parts: RequestParts): boolean {
  return isSignedWith({ tbs: parts.tbs, signature: parts.signature, algorithmOid: OID.sha256WithRsa }, newVerifyingKeyOf(parts.spki));
}

/**
 * Reads a PKCS#10 request (RFC 2986; DER or PEM) for an RSA key and verifies its signature as proof of possession. Faults `BAD_CSR`
 * (not DER, not RSA, not signed with SHA-256 and RSA by its own key) and `WEAK_KEY`. Requested extensions are not read: the profile rules.
 */
export function parseCsr(input: Buffer | string, requirement: RsaRequirement = { modulusBits: 2048 }): CertificationRequest {
  return parsingAs('BAD_CSR', () => {
    const parts = requestPartsOf(input);
    const rsa = rsaPublicKeyOf(parts.spki);
    // Before the signature: verifying under a hostile exponent or modulus length would cost the time the attacker chooses.
    checkRsaKey(rsa, requirement);
    if (!parts.algorithm.equals(signatureAlgorithmIdentifier('sha256WithRSAEncryption'))) {
      throw new PkiError('BAD_CSR', 'signature algorithm is not sha256WithRSAEncryption');
    }
    if (!isSelfSigned(parts)) throw new PkiError('BAD_CSR', 'self signature does not verify');
    return { subject: parts.subject, spki: parts.spki, rsa };
  });
}

/** PKCS#10 request DER for the key, signed with SHA-256 and RSA, without attributes: what a card or its maker sends. */
export function createCsr(privateKey: KeyObject, subject: Name): Buffer {
  const info = requestInfo(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }), subject);
  return signedRequest(info, sign('sha256', info, privateKey));
}

/** The same for a key that only signs, as one on a card; `signing` answers the RSASSA-PKCS1-v1_5 signature with SHA-256. */
export async function createCsrBy(spki: Buffer, subject: Name, signing: (info: Buffer) => Promise<Buffer>): Promise<Buffer> {
  const info = requestInfo(spki, subject);
  return signedRequest(info, await signing(info));
}

function requestInfo(spki: Buffer, subject: Name): Buffer {
  return sequence(integer(0), encodeName(subject), spki, contextConstructed(0));
}

function signedRequest(info: Buffer, signature: Buffer): Buffer {
  return sequence(info, signatureAlgorithmIdentifier('sha256WithRSAEncryption'), bitString(signature));
}
