import type { IncomingHttpHeaders } from 'node:http';

/** Which octets of an answer are sent: all of them, none since the caller has them, none since there are none so far on, or some. */
export type Part = 'ALL' | 'KNOWN' | 'BEYOND' | { readonly first: number; readonly end: number };

export interface Tagged {
  /** Strong entity tag with its quotation marks. */
  readonly etag: string;
  readonly length: number;
}

/** More digits than any length has are no range. */
const RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/i;

/** By If-None-Match, Range and If-Range of a GET, in the order of RFC 9110 13.2.2. Several ranges at once, and what is no range, mean all (14.2). */
export function partOf({ etag, length }: Tagged, asked: IncomingHttpHeaders): Part {
  const known = asked['if-none-match'];
  if (known !== undefined && namesTag(known, etag)) return 'KNOWN';
  const unchanged = asked['if-range'] === undefined || asked['if-range'] === etag;
  const [, from = '', to = ''] = unchanged ? (RANGE.exec(asked.range ?? '') ?? []) : [];
  if (from === '' && to === '') return 'ALL';
  if (from === '') return to === '0' || length === 0 ? 'BEYOND' : { first: Math.max(0, length - Number(to)), end: length };
  const first = Number(from);
  if (to !== '' && Number(to) < first) return 'ALL';
  return first >= length ? 'BEYOND' : { first, end: to === '' ? length : Math.min(length, Number(to) + 1) };
}

/** Weak comparison (RFC 9110 13.1.2). */
function namesTag(list: string, etag: string): boolean {
  return list.trim() === '*' || list.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
