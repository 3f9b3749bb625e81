import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';

/** Octets from `first` up to, and without, `end`. */
export interface Stretch {
  readonly first: number;
  readonly end: number;
}

/** Which octets of an answer are sent: all of them, none since the caller has them, none since there are none so far on, or some, in the order asked for. */
export type Part = 'ALL' | 'KNOWN' | 'BEYOND' | readonly Stretch[];

export interface Tagged {
  /** Strong entity tag with its quotation marks. */
  readonly etag: string;
  readonly length: number;
}

/** Octets that are read where they lie. */
export interface OctetSource {
  readonly length: number;
  read(stretch: Stretch): Readable;
}

/** More digits than any length has are no range. */
const RANGE = /^(\d{0,15})-(\d{0,15})$/;
/** Who asks for more stretches at once gets everything (RFC 9110 14.2, TRN-4.8). */
const MOST = 5;

/** By If-None-Match, Range and If-Range of a GET, in the order of RFC 9110 13.2.2. What is no range means all (14.2). */
export function partOf({ etag, length }: Tagged, asked: IncomingHttpHeaders): Part {
  const known = asked['if-none-match'];
  if (known !== undefined && namesTag(known, etag)) return 'KNOWN';
  const unchanged = asked['if-range'] === undefined || asked['if-range'] === etag;
  const [, set] = unchanged ? (/^bytes=(.+)$/i.exec(asked.range ?? '') ?? []) : [];
  const wanted = set?.split(',').map((range) => stretchOf(range.trim(), length)) ?? [];
  const stretches = wanted.filter((one) => one !== undefined);
  if (wanted.length === 0 || wanted.length > MOST || stretches.length < wanted.length) return 'ALL';
  const satisfiable = stretches.filter(({ first, end }) => first < end);
  return satisfiable.length === 0 ? 'BEYOND' : satisfiable;
}

/** Empty where it is beyond the end; undefined where it is no range. */
function stretchOf(range: string, length: number): Stretch | undefined {
  const [, from = '', to = ''] = RANGE.exec(range) ?? [];
  if (from === '') return to === '' ? undefined : { first: Math.max(0, length - Number(to)), end: length };
  if (to !== '' && Number(to) < Number(from)) return undefined;
  return { first: Number(from), end: to === '' ? length : Math.min(length, Number(to) + 1) };
}

/** Several stretches as multipart/byteranges (RFC 9110 14.6). */
export function byteranges(stretches: readonly Stretch[], body: Buffer | OctetSource, contentType: string): { readonly contentType: string; readonly length: number; readonly stream: Readable } {
  const boundary = randomBytes(12).toString('hex');
  const parts = stretches.map((stretch) => ({ stretch, head: `\r\n--${boundary}\r\ncontent-type: ${contentType}\r\ncontent-range: ${contentRange(stretch, body.length)}\r\n\r\n` }));
  const tail = `\r\n--${boundary}--\r\n`;
  async function* write(): AsyncGenerator<unknown> {
    for (const { head, stretch } of parts) {
      yield Buffer.from(head);
      const octets = octetsOf(body, stretch);
      yield* Buffer.isBuffer(octets) ? [octets] : octets;
    }
    yield Buffer.from(tail);
  }
  const length = parts.reduce((sum, { head, stretch: { first, end } }) => sum + head.length + end - first, tail.length);
  return { contentType: `multipart/byteranges; boundary=${boundary}`, length, stream: Readable.from(write(), { objectMode: false }) };
}

/** A stretch of an answer, wherever that lies. */
export function octetsOf(body: Buffer | OctetSource, stretch: Stretch): Buffer | Readable {
  return Buffer.isBuffer(body) ? body.subarray(stretch.first, stretch.end) : body.read(stretch);
}

export function contentRange({ first, end }: Stretch, length: number): string {
  return `bytes ${first}-${end - 1}/${length}`;
}

/** Weak comparison (RFC 9110 13.1.2). */
function namesTag(list: string, etag: string): boolean {
  return list.trim() === '*' || list.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
