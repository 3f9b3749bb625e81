import { type DigestName, digestAlgorithm, digestNameOf, digestOf } from '../cms/digest-algorithm.js';
import { DerCursor, type DerValue } from '../der/read.js';
import { TAG } from '../der/tag.js';
import { octetString, sequence } from '../der/write.js';

/** MessageImprint (RFC 3161 2.4.1): the digest of what is time-stamped. `der` goes into the token as it came. */
export interface MessageImprint {
  /** Undefined for a digest that is not known or no longer sound. */
  readonly algorithm: DigestName | undefined;
  readonly digest: Buffer;
  readonly der: Buffer;
}

/** MessageImprint of the octets. */
export function messageImprintOf(algorithm: DigestName, octets: Buffer): MessageImprint {
  const digest = digestOf(algorithm, octets);
  return { algorithm, digest, der: sequence(digestAlgorithm(algorithm), octetString(digest)) };
}

/** MessageImprint of a DER value. Faults `BAD_DER`. */
export function messageImprintFrom(value: DerValue): MessageImprint {
  const cursor = new DerCursor(value.content);
  const algorithm = digestNameOf(cursor.read(TAG.sequence));
  const digest = cursor.read(TAG.octetString).content;
  cursor.finish();
  return { algorithm, digest, der: value.raw };
}
