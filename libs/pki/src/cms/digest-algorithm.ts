import { createHash } from 'node:crypto';
import { OID, oid } from '../der/oid.js';
import { DerCursor, type DerValue, oidOf } from '../der/read.js';
import { TAG } from '../der/tag.js';
import { sequence } from '../der/write.js';

/** Digests that signed messages and time-stamps may rest on. */
export type DigestName = 'sha256' | 'sha384' | 'sha512';

/** Length of a digest in octets. */
export const DIGEST_LENGTH: Readonly<Record<DigestName, number>> = { sha256: 32, sha384: 48, sha512: 64 };

const BY_OID = new Map<string, DigestName>([
  [OID.sha256, 'sha256'],
  [OID.sha384, 'sha384'],
  [OID.sha512, 'sha512'],
]);

/** AlgorithmIdentifier of a digest, parameters absent (RFC 5754 section 2). */
export function digestAlgorithm(name: DigestName): Buffer {
  return sequence(oid(OID[name]));
}

/** Digest of an AlgorithmIdentifier with absent or NULL parameters; undefined for any other. */
export function digestNameOf(algorithm: DerValue): DigestName | undefined {
  const cursor = new DerCursor(algorithm.content);
  const name = BY_OID.get(oidOf(cursor.read()));
  cursor.readIf(TAG.null);
  return cursor.done ? name : undefined;
}

/** Digest of the octets. */
export function digestOf(name: DigestName, octets: Buffer): Buffer {
  return createHash(name).update(octets).digest();
}
