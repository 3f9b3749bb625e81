import { PkiError } from '../pki-error.js';
import type { DerValue } from './read.js';
import { TAG } from './tag.js';
import { tlv } from './write.js';

function digits(value: number, width: number): string {
  return value.toString().padStart(width, '0');
}

function monthToSecond(date: Date): string {
  return [date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
    .map((part) => digits(part, 2))
    .join('');
}

function yearOf(date: Date): number {
  const year = date.getUTCFullYear();
  if (!(year >= 1950 && year <= 9999)) throw new PkiError('BAD_TIME', 'instant outside 1950..9999');
  return year;
}

/** GeneralizedTime `YYYYMMDDHHMMSSZ`; the fraction of a second is cut off (RFC 5280 4.1.2.5.2). */
export function generalizedTime(date: Date): Buffer {
  return tlv(TAG.generalizedTime, Buffer.from(`${digits(yearOf(date), 4)}${monthToSecond(date)}Z`, 'latin1'));
}

/** Time of certificates and CRLs: UTCTime up to 2049, GeneralizedTime after (RFC 5280 4.1.2.5). */
export function time(date: Date): Buffer {
  const year = yearOf(date);
  if (year > 2049) return generalizedTime(date);
  return tlv(TAG.utcTime, Buffer.from(`${digits(year % 100, 2)}${monthToSecond(date)}Z`, 'latin1'));
}

/** Value of two ASCII digits, NaN when either is not a digit. */
function pairAt(content: Buffer, at: number): number {
  const high = (content[at] ?? 0) - 0x30;
  const low = (content[at + 1] ?? 0) - 0x30;
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : Number.NaN;
}

/** Instant of a UTCTime or GeneralizedTime in the only DER form: seconds given, no fraction, zone Z. Faults `BAD_TIME`. */
export function timeOf({ tag, content }: Pick<DerValue, 'tag' | 'content'>): Date {
  const short = tag === TAG.utcTime && content.length === 13;
  const long = tag === TAG.generalizedTime && content.length === 15;
  if (!(short || long) || content[content.length - 1] !== 0x5a) throw new PkiError('BAD_TIME', 'time is not in DER form');
  const start = short ? 2 : 4;
  const first = pairAt(content, 0);
  const year = short ? first + (first < 50 ? 2000 : 1900) : first * 100 + pairAt(content, 2);
  const month = pairAt(content, start);
  const day = pairAt(content, start + 2);
  const hour = pairAt(content, start + 4);
  const minute = pairAt(content, start + 6);
  const second = pairAt(content, start + 8);
  if (year < 100) throw new PkiError('BAD_TIME', 'no such instant');
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // Date.UTC carries 30 February into March: the instant exists only when nothing was carried.
  const carried = date.getUTCDate() !== day || date.getUTCMonth() !== month - 1 || hour > 23 || minute > 59 || second > 59;
  if (Number.isNaN(date.getTime()) || carried) throw new PkiError('BAD_TIME', 'no such instant');
  return date;
}
