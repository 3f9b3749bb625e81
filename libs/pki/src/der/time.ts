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

/** Instant of a UTCTime or GeneralizedTime in the only DER form: seconds given, no fraction, zone Z. Faults `BAD_TIME`. */
export function timeOf(value: DerValue): Date {
  const text = value.content.toString('latin1');
  const short = value.tag === TAG.utcTime && /^[0-9]{12}Z$/.test(text);
  if (!short && !(value.tag === TAG.generalizedTime && /^[0-9]{14}Z$/.test(text))) {
    throw new PkiError('BAD_TIME', 'time is not in DER form');
  }
  const full = short ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text;
  const [year, month, day, hour, minute, second] = [
    [0, 4],
    [4, 6],
    [6, 8],
    [8, 10],
    [10, 12],
    [12, 14],
  ].map((span) => full.slice(...span));
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(date.getTime()) || `${digits(date.getUTCFullYear(), 4)}${monthToSecond(date)}Z` !== full) {
    throw new PkiError('BAD_TIME', 'no such instant');
  }
  return date;
}
