import { OID } from '../der/oid.js';
import { DerCursor, oidOf, openSingle, singleContent, smallIntegerOf } from '../der/read.js';
import { TAG, contextConstructedTag } from '../der/tag.js';
import { PkiError } from '../pki-error.js';

export type SignatureDigest = 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** How a signature is checked. `saltLength` only for RSASSA-PSS; Ed25519 and Ed448 hash themselves. */
export interface SignatureScheme {
  readonly key: 'rsa' | 'ec' | 'dsa' | 'ed25519' | 'ed448';
  readonly digest: SignatureDigest | undefined;
  readonly saltLength?: number;
}

/** SHA-1 and DSA only so that older foreign certificates can be checked. */
const SCHEME: Readonly<Record<string, SignatureScheme>> = {
  '1.2.840.113549.1.1.5': { key: 'rsa', digest: 'sha1' },
  [OID.sha256WithRsa]: { key: 'rsa', digest: 'sha256' },
  [OID.sha384WithRsa]: { key: 'rsa', digest: 'sha384' },
  [OID.sha512WithRsa]: { key: 'rsa', digest: 'sha512' },
  '1.2.840.10045.4.3.2': { key: 'ec', digest: 'sha256' },
  '1.2.840.10045.4.3.3': { key: 'ec', digest: 'sha384' },
  '1.2.840.10045.4.3.4': { key: 'ec', digest: 'sha512' },
  '1.2.840.10040.4.3': { key: 'dsa', digest: 'sha1' },
  '2.16.840.1.101.3.4.3.2': { key: 'dsa', digest: 'sha256' },
  '1.3.101.112': { key: 'ed25519', digest: undefined },
  '1.3.101.113': { key: 'ed448', digest: undefined },
};

const PSS_DIGEST: Readonly<Record<string, SignatureDigest>> = { [OID.sha256]: 'sha256', [OID.sha384]: 'sha384', [OID.sha512]: 'sha512' };

/** Scheme of an algorithm that says all by its identifier; undefined for RSASSA-PSS and for those not accepted. */
export function schemeOfOid(dotted: string): SignatureScheme | undefined {
  return Object.hasOwn(SCHEME, dotted) ? SCHEME[dotted] : undefined;
}

/** Identifier of a hash algorithm whose parameters are NULL or absent (RFC 4055 section 2.1). */
function hashOf(algorithm: Buffer): string {
  const cursor = openSingle(algorithm, TAG.sequence);
  const dotted = oidOf(cursor.read());
  const parameters = cursor.readIf(TAG.null);
  cursor.finish();
  if (parameters !== undefined && parameters.content.length > 0) throw new PkiError('BAD_DER', 'NULL has content');
  return dotted;
}

/**
 * RSASSA-PSS-params (RFC 4055 section 3.1). One hash for both uses, as it recommends; the default, SHA-1, is not accepted, so both must
 * be written out.
 */
function pssSchemeOf(parameters: DerCursor): SignatureScheme | undefined {
  const cursor = new DerCursor(parameters.read(TAG.sequence).content);
  const hash = cursor.readIf(contextConstructedTag(0));
  const mask = cursor.readIf(contextConstructedTag(1));
  const salt = cursor.readIf(contextConstructedTag(2));
  const trailer = cursor.readIf(contextConstructedTag(3));
  cursor.finish();
  parameters.finish();
  if (hash === undefined || mask === undefined) return undefined;
  const maskAlgorithm = openSingle(mask.content, TAG.sequence);
  const generator = oidOf(maskAlgorithm.read());
  const [dotted, maskHash] = [hashOf(hash.content), hashOf(maskAlgorithm.read(TAG.sequence).raw)];
  maskAlgorithm.finish();
  const digest = Object.hasOwn(PSS_DIGEST, dotted) ? PSS_DIGEST[dotted] : undefined;
  const saltLength = salt === undefined ? 20 : smallIntegerOf(singleContent(salt.content, TAG.integer));
  const standard = trailer === undefined || smallIntegerOf(singleContent(trailer.content, TAG.integer)) === 1;
  if (digest === undefined || generator !== OID.mgf1 || maskHash !== dotted || !standard || saltLength > 512) return undefined;
  return { key: 'rsa', digest, saltLength };
}

const RSASSA_PSS = '1.2.840.113549.1.1.10';

/**
 * Scheme of an AlgorithmIdentifier DER with the parameters that its specification demands: NULL or none for RSA (RFC 4055 section 5),
 * none for DSA (RFC 3279 2.2.2), ECDSA (RFC 5758 3.2) and EdDSA (RFC 8410 section 3). Undefined when not accepted; faults `BAD_DER`.
 */
export function signatureSchemeOf(algorithm: Buffer): SignatureScheme | undefined {
  const cursor = openSingle(algorithm, TAG.sequence);
  const dotted = oidOf(cursor.read());
  if (dotted === RSASSA_PSS) return cursor.done ? undefined : pssSchemeOf(cursor);
  const scheme = schemeOfOid(dotted);
  if (scheme?.key === 'rsa') cursor.readIf(TAG.null);
  return cursor.done ? scheme : undefined;
}
