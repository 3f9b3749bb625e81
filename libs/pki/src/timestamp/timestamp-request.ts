import { DIGEST_LENGTH } from '../cms/digest-algorithm.js';
import { assertDer } from '../der/canonical.js';
import { type Extension, extensionsOf } from '../der/extension.js';
import { oid } from '../der/oid.js';
import { type DerCursor, booleanOf, integerOf, oidOf, openSingle, smallIntegerOf } from '../der/read.js';
import { TAG, contextConstructedTag } from '../der/tag.js';
import { boolean, integer, sequence } from '../der/write.js';
import { PkiError, parsingAs } from '../pki-error.js';
import { type MessageImprint, messageImprintFrom } from './message-imprint.js';

/** Reason of a refusal and its bit in PKIFailureInfo (RFC 3161 2.4.2). */
export const TIMESTAMP_FAILURE = {
  badAlg: 0,
  badRequest: 2,
  badDataFormat: 5,
  timeNotAvailable: 14,
  unacceptedPolicy: 15,
  unacceptedExtension: 16,
  addInfoNotAvailable: 17,
  systemFailure: 25,
} as const;

export type TimestampFailure = keyof typeof TIMESTAMP_FAILURE;

/** TimeStampReq as found; whether a token is issued for it, `timestampFailureOf` says. */
export interface TimestampRequest {
  readonly version: number;
  readonly imprint: MessageImprint;
  /** OID of the policy asked for; any when absent. */
  readonly policy?: string;
  /** To be echoed. */
  readonly nonce?: bigint;
  /** certReq: the token is to hold the certificate. */
  readonly withCertificate: boolean;
  readonly extensions: readonly Extension[];
}

/** A nonce is "a large random number"; 64 bits are usual. */
const MAX_NONCE_LENGTH = 64;

/** The nonce next to be read, if there is one. Faults `BAD_DER` above 64 octets. */
export function readNonce(cursor: DerCursor): bigint | undefined {
  const content = cursor.readIf(TAG.integer)?.content;
  if (content !== undefined && content.length > MAX_NONCE_LENGTH) throw new PkiError('BAD_DER', 'nonce is too long');
  return content === undefined ? undefined : integerOf(content);
}

/** Value of a BOOLEAN DEFAULT FALSE next to be read. Faults `BAD_DER` when the default is written (X.690 11.5). */
export function readFlag(cursor: DerCursor): boolean {
  const value = cursor.readIf(TAG.boolean);
  if (value === undefined) return false;
  if (!booleanOf(value.content)) throw new PkiError('BAD_DER', 'default is written');
  return true;
}

/**
 * Reads a TimeStampReq (RFC 3161 2.4.1; over HTTP a POST of `application/timestamp-query`, 3.4). Faults `TIMESTAMP_MALFORMED`, to be
 * answered with `badDataFormat`.
 */
export function parseTimestampRequest(der: Buffer): TimestampRequest {
  return parsingAs('TIMESTAMP_MALFORMED', () => {
    assertDer(der);
    const cursor = openSingle(der, TAG.sequence);
    const version = smallIntegerOf(cursor.read(TAG.integer).content);
    const imprint = messageImprintFrom(cursor.read(TAG.sequence));
    const policy = cursor.readIf(TAG.oid);
    const nonce = readNonce(cursor);
    const withCertificate = readFlag(cursor);
    const wrapped = cursor.readIf(contextConstructedTag(0));
    cursor.finish();
    return {
      version,
      imprint,
      ...(policy === undefined ? {} : { policy: oidOf(policy) }),
      ...(nonce === undefined ? {} : { nonce }),
      withCertificate,
      extensions: wrapped === undefined ? [] : extensionsOf(wrapped.content),
    };
  });
}

/**
 * Why no token may be issued for the request, or undefined. This engine knows no extension, and one that is not recognised is refused
 * whether it is critical or not (2.4.1). `policies` are the OIDs under which the authority issues.
 */
export function timestampFailureOf(request: TimestampRequest, policies: readonly string[]): TimestampFailure | undefined {
  const { version, imprint, policy, extensions } = request;
  if (version !== 1) return 'badRequest';
  if (imprint.algorithm === undefined) return 'badAlg';
  if (imprint.digest.length !== DIGEST_LENGTH[imprint.algorithm]) return 'badDataFormat';
  if (policy !== undefined && !policies.includes(policy)) return 'unacceptedPolicy';
  return extensions.length > 0 ? 'unacceptedExtension' : undefined;
}

/** TimeStampReq DER for clients. A nonce should be 64 random bits. */
export function createTimestampRequest(asked: Pick<TimestampRequest, 'imprint' | 'policy' | 'nonce' | 'withCertificate'>): Buffer {
  return sequence(
    integer(1),
    asked.imprint.der,
    ...(asked.policy === undefined ? [] : [oid(asked.policy)]),
    ...(asked.nonce === undefined ? [] : [integer(asked.nonce)]),
    ...(asked.withCertificate ? [boolean(true)] : []),
  );
}
