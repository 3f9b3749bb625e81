import { createHash, timingSafeEqual } from 'node:crypto';
import { type DerValue, valuesOf } from '../der/read.js';
import { bitString, contextConstructed, integer, sequence } from '../der/write.js';
import { TAG, contextTag } from '../der/tag.js';
import { type SigningKey, signChecked, signatureAlgorithmIdentifier } from '../key/signing-key.js';
import { PkiError } from '../pki-error.js';
import { type RequestParts, isSelfSigned, requestPartsOf } from './csr.js';

/** Why no cross certificate is issued for a request (JPKI 3.10); the request goes back and the reason is kept. */
export type CrossRequestFault =
  /** Not a PKCS#10 request in DER; nothing else is looked at. */
  | 'MALFORMED'
  /** Its SHA-256 is not the one confirmed by the second channel. */
  | 'FINGERPRINT_DIFFERS'
  /** The DN is not the authority's, octet by octet: certificates of both must chain. */
  | 'OTHER_NAME'
  /** Another key than the one of the authority's certificate. */
  | 'OTHER_KEY'
  /** Not signed by its own key with SHA-256 and RSA: no proof of possession. */
  | 'BAD_SIGNATURE'
  /** Characters outside ASCII in a name or attribute. */
  | 'JAPANESE_TEXT';

export interface CrossRequestExpectation {
  /** Certificate of the authority that asks. */
  readonly authority: { readonly subjectDer: Buffer; readonly spki: Buffer };
  /** SHA-256 of the request DER, 32 octets, as the other side read it out. */
  readonly fingerprint: Buffer;
}

/** Octets a character of the types that hold text; `[1]`, `[2]` and `[6]` are the IA5String forms of a GeneralName. */
const CHARACTER_WIDTH = new Map<number, number>([
  [TAG.utf8String, 1],
  [TAG.printableString, 1],
  [TAG.teletexString, 1],
  [TAG.ia5String, 1],
  [TAG.visibleString, 1],
  [TAG.bmpString, 2],
  [TAG.universalString, 4],
  ...[1, 2, 6].map((form): [number, number] => [contextTag(form), 1]),
]);

function isAscii(content: Buffer, width: number): boolean {
  return content.every((octet, at) => (at % width === width - 1 ? octet < 0x80 : octet === 0));
}

/** Values inside the octets; none when they are not DER, as those of an OCTET STRING need not be. */
function valuesIn(content: Buffer): DerValue[] {
  try {
    return valuesOf(content);
  } catch (error) {
    if (error instanceof PkiError) return [];
    throw error;
  }
}

/** Every string of the request, also in extensions that it asks for. A list of what is left to read instead of recursion. */
function isAllAscii(tbs: Buffer): boolean {
  const left = [tbs];
  for (let content = left.pop(); content !== undefined; content = left.pop()) {
    for (const { tag, content: inner } of valuesIn(content)) {
      const width = CHARACTER_WIDTH.get(tag);
      if (width !== undefined && !isAscii(inner, width)) return false;
      // 0x20 marks the constructed.
      if ((tag & 0x20) !== 0 || tag === TAG.octetString) left.push(inner);
    }
  }
  return true;
}

function partsOf(input: Buffer | string): RequestParts | undefined {
  try {
    return requestPartsOf(input);
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}

/**
 * PKCS#10 request DER of an authority for its own key, under its DN octet by octet and without attributes (JPKI 3.10). The same key gives
 * the same octets each time.
 */
export async function createCrossRequest(key: SigningKey, subjectDer: Buffer): Promise<Buffer> {
  const info = sequence(integer(0), subjectDer, key.publicKeySpki, contextConstructed(0));
  return sequence(info, signatureAlgorithmIdentifier(key.algorithm), bitString(await signChecked(info, key)));
}

/** SHA-256 of the request DER, for the second channel. */
export function requestFingerprint(der: Buffer): Buffer {
  return createHash('sha256').update(der).digest();
}

/**
 * What is wrong with a request for cross-certification, DER or PEM, by the rules of exchange of JPKI 3.10: every fault, in the order of
 * the type. Whether the key is strong enough was decided on the authority's certificate, which must hold the same one; the signature
 * is verified only then, since verifying under a hostile key would cost the time the attacker chooses.
 */
export function checkCrossRequest(input: Buffer | string, { authority, fingerprint }: CrossRequestExpectation): CrossRequestFault[] {
  const parts = partsOf(input);
  if (parts === undefined) return ['MALFORMED'];
  const found = requestFingerprint(parts.der);
  const faults: CrossRequestFault[] = [];
  if (found.length !== fingerprint.length || !timingSafeEqual(found, fingerprint)) faults.push('FINGERPRINT_DIFFERS');
  if (!parts.subjectDer.equals(authority.subjectDer)) faults.push('OTHER_NAME');
  if (!parts.spki.equals(authority.spki)) faults.push('OTHER_KEY');
  else if (!parts.algorithm.equals(signatureAlgorithmIdentifier('sha256WithRSAEncryption')) || !isSelfSigned(parts)) faults.push('BAD_SIGNATURE');
  if (!isAllAscii(parts.tbs)) faults.push('JAPANESE_TEXT');
  return faults;
}
