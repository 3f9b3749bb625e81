import { assertDer } from '../der/canonical.js';
import { extensionsOf } from '../der/extension.js';
import { oid } from '../der/oid.js';
import { DerCursor, type DerValue, integerOf, oidOf, openSingle, smallIntegerOf } from '../der/read.js';
import { TAG, contextConstructedTag, contextTag } from '../der/tag.js';
import { generalizedTime, timeOf } from '../der/time.js';
import { contextPrimitive, integer, integerContent, sequence, tlv } from '../der/write.js';
import { PkiError } from '../pki-error.js';
import { type MessageImprint, messageImprintFrom } from './message-imprint.js';
import { readFlag, readNonce } from './timestamp-request.js';

/** What a time-stamp says (TSTInfo, RFC 3161 2.4.2). */
export interface TstInfo {
  /** OID of the policy it was issued under. */
  readonly policy: string;
  readonly imprint: MessageImprint;
  /** Unique among the tokens of the authority. */
  readonly serial: bigint;
  /** To the millisecond. */
  readonly time: Date;
  /** Greatest deviation of `time` in microseconds; undefined where the policy says it. */
  readonly accuracyMicros?: number;
  /** Tokens of this authority are in the order of their times, whatever the accuracy. */
  readonly ordering: boolean;
  readonly nonce?: bigint;
  /** GeneralName DER by which the authority names itself, a hint. */
  readonly authorityName?: Buffer;
}

/** Users must be ready for serial numbers of 160 bits. */
const MAX_SERIAL_LENGTH = 20;
/** `YYYYMMDDhhmmss`, point, a fraction far finer than any clock, `Z`. */
const MAX_TIME_LENGTH = 40;
const SECONDS_LENGTH = 14;

/** genTime: the fraction without trailing zeros, and none at all when it is zero. */
function encodeTime(time: Date): Buffer {
  const whole = generalizedTime(time);
  const fraction = String(time.getUTCMilliseconds()).padStart(3, '0').replace(/0{1,3}$/, '');
  if (fraction === '') return whole;
  return tlv(TAG.generalizedTime, whole.subarray(2, 2 + SECONDS_LENGTH), Buffer.from(`.${fraction}Z`, 'latin1'));
}

function readTime({ tag, content }: DerValue): Date {
  if (content.length > MAX_TIME_LENGTH) throw new PkiError('BAD_TIME', 'time is too long');
  const whole = timeOf({ tag, content: Buffer.concat([content.subarray(0, SECONDS_LENGTH), Buffer.from('Z')]) });
  const rest = content.subarray(SECONDS_LENGTH).toString('latin1');
  if (rest === 'Z') return whole;
  if (!/^\.[0-9]*[1-9]Z$/.test(rest)) throw new PkiError('BAD_TIME', 'fraction of a second is not in DER form');
  return new Date(whole.getTime() + Number(rest.slice(1, -1).padEnd(3, '0').slice(0, 3)));
}

function encodeAccuracy(micros: number): Buffer {
  const [seconds, millis, rest] = [Math.floor(micros / 1e6), Math.floor(micros / 1e3) % 1e3, micros % 1e3];
  return sequence(
    ...(seconds === 0 ? [] : [integer(seconds)]),
    ...[millis, rest].flatMap((part, tag) => (part === 0 ? [] : [contextPrimitive(tag, integerContent(BigInt(part)))])),
  );
}

function thousandths(value: DerValue | undefined): number {
  if (value === undefined) return 0;
  const part = smallIntegerOf(value.content);
  if (part < 1 || part > 999) throw new PkiError('BAD_DER', 'accuracy is not 1 to 999');
  return part;
}

function readAccuracy(value: DerValue): number {
  const cursor = new DerCursor(value.content);
  const seconds = cursor.readIf(TAG.integer);
  const millis = thousandths(cursor.readIf(contextTag(0)));
  const micros = thousandths(cursor.readIf(contextTag(1)));
  cursor.finish();
  return (seconds === undefined ? 0 : smallIntegerOf(seconds.content)) * 1e6 + millis * 1e3 + micros;
}

/** TSTInfo DER; without `ordering`, `tsa` and extensions. Faults `BAD_TIME`, `BAD_DER` (policy). */
export function encodeTstInfo(info: Omit<TstInfo, 'ordering' | 'authorityName'>): Buffer {
  return sequence(
    integer(1),
    oid(info.policy),
    info.imprint.der,
    integer(info.serial),
    encodeTime(info.time),
    ...(info.accuracyMicros === undefined ? [] : [encodeAccuracy(info.accuracyMicros)]),
    ...(info.nonce === undefined ? [] : [integer(info.nonce)]),
  );
}

/** Reads a TSTInfo. Faults `BAD_DER` and `BAD_TIME`, also for a critical extension: none is known. */
export function parseTstInfo(der: Buffer): TstInfo {
  assertDer(der);
  const cursor = openSingle(der, TAG.sequence);
  if (smallIntegerOf(cursor.read(TAG.integer).content) !== 1) throw new PkiError('BAD_DER', 'version is not v1');
  const policy = oidOf(cursor.read());
  const imprint = messageImprintFrom(cursor.read(TAG.sequence));
  const serial = cursor.read(TAG.integer).content;
  if (serial.length > MAX_SERIAL_LENGTH + 1) throw new PkiError('BAD_DER', 'serial number is too long');
  const time = readTime(cursor.read(TAG.generalizedTime));
  const accuracy = cursor.readIf(TAG.sequence);
  const ordering = readFlag(cursor);
  const nonce = readNonce(cursor);
  const name = cursor.readIf(contextConstructedTag(0));
  const extensions = cursor.readIf(contextConstructedTag(1));
  cursor.finish();
  const critical = extensions === undefined ? undefined : extensionsOf(extensions.content).find((one) => one.critical);
  if (critical !== undefined) throw new PkiError('BAD_DER', `critical extension ${critical.oid} is not understood`);
  return {
    policy,
    imprint,
    serial: integerOf(serial),
    time,
    ...(accuracy === undefined ? {} : { accuracyMicros: readAccuracy(accuracy) }),
    ordering,
    ...(nonce === undefined ? {} : { nonce }),
    ...(name === undefined ? {} : { authorityName: name.content }),
  };
}
