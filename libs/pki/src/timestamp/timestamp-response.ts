import { assertDer } from '../der/canonical.js';
import { DerCursor, type DerValue, bitsOf, openSingle, smallIntegerOf, valuesOf } from '../der/read.js';
import { TAG } from '../der/tag.js';
import { integer, namedBits, sequence, tlv } from '../der/write.js';
import { PkiError, parsingAs } from '../pki-error.js';
import { TIMESTAMP_FAILURE, type TimestampFailure } from './timestamp-request.js';
import { type TimestampToken, parseTimestampToken } from './timestamp-token.js';

const GRANTED = 0;
const REJECTED = 2;
/** PKIStatus by its number (RFC 3161 2.4.2); the first two come with a token, the others without. */
const STATUS = ['granted', 'grantedWithMods', 'rejection', 'waiting', 'revocationWarning', 'revocationNotification'] as const;

const FAILURE_BY_BIT = new Map<number, TimestampFailure>();
for (const failure of Object.keys(TIMESTAMP_FAILURE)) if (isFailure(failure)) FAILURE_BY_BIT.set(TIMESTAMP_FAILURE[failure], failure);

function isFailure(text: string): text is TimestampFailure {
  return Object.hasOwn(TIMESTAMP_FAILURE, text);
}

/** TimeStampResp that grants the token (RFC 3161 2.4.2; over HTTP `application/timestamp-reply`, 3.4). */
export function buildTimestampResponse(token: Buffer): Buffer {
  return sequence(sequence(integer(GRANTED)), token);
}

/** TimeStampResp that refuses; not signed. */
export function buildTimestampRefusal(failure: TimestampFailure): Buffer {
  return sequence(sequence(integer(REJECTED), tlv(TAG.bitString, namedBits([TIMESTAMP_FAILURE[failure]]))));
}

export type ParsedTimestampResponse =
  | { readonly status: 'granted' | 'grantedWithMods'; readonly token: TimestampToken }
  | { readonly status: Exclude<(typeof STATUS)[number], 'granted' | 'grantedWithMods'>; readonly failures: readonly TimestampFailure[] };

function failuresOf(value: DerValue | undefined): TimestampFailure[] {
  return value === undefined ? [] : bitsOf(value.content).map((bit) => {
    const failure = FAILURE_BY_BIT.get(bit);
    if (failure === undefined) throw new PkiError('BAD_DER', `unknown failure ${bit}`);
    return failure;
  });
}

function statusOf(value: DerValue): { readonly status: (typeof STATUS)[number]; readonly failures: readonly TimestampFailure[] } {
  const cursor = new DerCursor(value.content);
  const status = STATUS[smallIntegerOf(cursor.read(TAG.integer).content)];
  const texts = cursor.readIf(TAG.sequence);
  const failures = failuresOf(cursor.readIf(TAG.bitString));
  cursor.finish();
  if (status === undefined) throw new PkiError('BAD_DER', 'unknown status');
  if (texts !== undefined && valuesOf(texts.content).some(({ tag }) => tag !== TAG.utf8String)) throw new PkiError('BAD_DER', 'text is not UTF-8');
  return { status, failures };
}

/** Reads a TimeStampResp. Faults `TIMESTAMP_MALFORMED`, also for a grant without token and a refusal with one. */
export function parseTimestampResponse(der: Buffer): ParsedTimestampResponse {
  return parsingAs('TIMESTAMP_MALFORMED', () => {
    assertDer(der);
    const cursor = openSingle(der, TAG.sequence);
    const { status, failures } = statusOf(cursor.read(TAG.sequence));
    const token = cursor.readIf(TAG.sequence)?.raw;
    cursor.finish();
    if (status === 'granted' || status === 'grantedWithMods') {
      if (token === undefined || failures.length > 0) throw new PkiError('BAD_DER', 'grant without token or with a failure');
      return { status, token: parseTimestampToken(token) };
    }
    if (token !== undefined) throw new PkiError('BAD_DER', 'token without grant');
    return { status, failures };
  });
}
