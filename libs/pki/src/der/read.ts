import { PkiError } from '../pki-error.js';
import { oidText } from './oid.js';
import { TAG } from './tag.js';

/** One value as found: `raw` is the whole TLV, `content` its content octets; both are views on the input, not copies. */
export interface DerValue {
  readonly tag: number;
  readonly raw: Buffer;
  readonly content: Buffer;
}

/** Where a value stands in its input: octet offsets of content and end. */
export interface DerHeader {
  readonly tag: number;
  readonly contentAt: number;
  readonly end: number;
}

/** Reads identifier and length octets at `at`, inside `limit`. Strict: low tags, definite and minimal lengths, no overrun. */
export function readHeader(bytes: Buffer, at: number, limit: number): DerHeader {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined || at + 2 > limit) throw new PkiError('BAD_DER', `truncated header at octet ${at}`);
  if ((tag & 0x1f) === 0x1f) throw new PkiError('BAD_DER', `high tag number at octet ${at}`);
  if (first < 0x80) return within({ tag, contentAt: at + 2, end: at + 2 + first }, limit);
  const count = first & 0x7f;
  if (count === 0) throw new PkiError('BAD_DER', `indefinite length at octet ${at}`);
  if (count > 4 || at + 2 + count > limit) throw new PkiError('BAD_DER', `length does not fit at octet ${at}`);
  const length = bytes.readUIntBE(at + 2, count);
  if (length < 0x80 || length < 2 ** (8 * (count - 1))) throw new PkiError('BAD_DER', `length not in shortest form at octet ${at}`);
  return within({ tag, contentAt: at + 2 + count, end: at + 2 + count + length }, limit);
}

function within(found: DerHeader, limit: number): DerHeader {
  if (found.end > limit) throw new PkiError('BAD_DER', `content overruns its parent before octet ${found.contentAt}`);
  return found;
}

/** Most readers ask for one of the views, which are the dear part of a value. */
class FoundValue implements DerValue {
  readonly #bytes: Buffer;
  readonly #at: number;
  readonly #header: DerHeader;

  constructor(bytes: Buffer, at: number, header: DerHeader) {
    this.#bytes = bytes;
    this.#at = at;
    this.#header = header;
  }

  get tag(): number {
    return this.#header.tag;
  }

  get raw(): Buffer {
    return this.#bytes.subarray(this.#at, this.#header.end);
  }

  get content(): Buffer {
    return this.#bytes.subarray(this.#header.contentAt, this.#header.end);
  }
}

/** Walks the values of one content in order. Every fault is `BAD_DER`; nothing is skipped unless the caller reads it. */
export class DerCursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Next value; with `tag`, faults when another type stands there. */
  read(tag?: number): DerValue {
    const found = readHeader(this.#bytes, this.#at, this.#bytes.length);
    if (tag !== undefined && found.tag !== tag) {
      throw new PkiError('BAD_DER', `expected tag 0x${tag.toString(16)}, found 0x${found.tag.toString(16)}`);
    }
    const value = new FoundValue(this.#bytes, this.#at, found);
    this.#at = found.end;
    return value;
  }

  /** Next value when it has this tag, else undefined and the cursor stays. */
  readIf(tag: number): DerValue | undefined {
    return this.#bytes[this.#at] === tag ? this.read(tag) : undefined;
  }

  /** Faults when values are left over. */
  finish(): void {
    if (!this.done) throw new PkiError('BAD_DER', `unexpected value (tag 0x${this.read().tag.toString(16)}) at the end`);
  }
}

/** Content of the single value in `der`; faults on another type or trailing octets. */
export function singleContent(der: Buffer, tag: number): Buffer {
  const outer = new DerCursor(der);
  const value = outer.read(tag);
  outer.finish();
  return value.content;
}

/** Cursor over the content of the single value in `der`; faults on another type or trailing octets. */
export function openSingle(der: Buffer, tag: number): DerCursor {
  return new DerCursor(singleContent(der, tag));
}

/** All values of a content, in order. */
export function valuesOf(content: Buffer): DerValue[] {
  const cursor = new DerCursor(content);
  const values: DerValue[] = [];
  while (!cursor.done) values.push(cursor.read());
  return values;
}

/** Numbers of so many octets are exact without a bigint. */
const EXACT_OCTETS = 6;

/** INTEGER or ENUMERATED content as bigint; faults when empty or not in shortest form (X.690 8.3.2). */
export function integerOf(content: Buffer): bigint {
  const [first, second] = content;
  if (first === undefined) throw new PkiError('BAD_DER', 'empty integer');
  if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
    throw new PkiError('BAD_DER', 'integer not in shortest form');
  }
  if (first < 0x80 && content.length <= EXACT_OCTETS) return BigInt(content.readUIntBE(0, content.length));
  const unsigned = BigInt(`0x${content.toString('hex')}`);
  return first < 0x80 ? unsigned : unsigned - (1n << BigInt(8 * content.length));
}

/** A small non-negative INTEGER or ENUMERATED; faults outside 0..2^31-1. */
export function smallIntegerOf(content: Buffer): number {
  const value = integerOf(content);
  if (value < 0n || value > 0x7fffffffn) throw new PkiError('BAD_DER', 'integer out of range');
  return Number(value);
}

/** A count (path length, certificates to skip): INTEGER (0..MAX). One above 2^31-1 counts as that: no path is longer. Faults when negative. */
export function countOf(content: Buffer): number {
  const value = integerOf(content);
  if (value < 0n) throw new PkiError('BAD_DER', 'count is negative');
  return value > 0x7fffffffn ? 0x7fffffff : Number(value);
}

/** BOOLEAN content; faults unless 00 or FF (X.690 11.1). */
export function booleanOf(content: Buffer): boolean {
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) throw new PkiError('BAD_DER', 'boolean is neither 00 nor FF');
  return content[0] === 0xff;
}

/** Octets of a BIT STRING that must hold whole octets (keys, signatures). */
export function wholeBits(content: Buffer): Buffer {
  if (content[0] !== 0) throw new PkiError('BAD_DER', 'bit string has unused bits');
  return content.subarray(1);
}

/** Number of unused bits of a BIT STRING; faults unless 0..7 and, in an empty string, 0 (X.690 8.6.2). */
export function unusedBitsOf(content: Buffer): number {
  const unused = content[0];
  if (unused === undefined || unused > 7 || (unused > 0 && content.length === 1)) throw new PkiError('BAD_DER', 'bad unused-bit count');
  return unused;
}

/** Numbers of the bits set in a BIT STRING of named bits; none of X.509 has more than 32. */
export function bitsOf(content: Buffer): number[] {
  const unused = unusedBitsOf(content);
  if (content.length > 5) throw new PkiError('BAD_DER', 'too many named bits');
  const total = (content.length - 1) * 8 - unused;
  const bits: number[] = [];
  for (let bit = 0; bit < total; bit += 1) {
    if (((content[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0) bits.push(bit);
  }
  return bits;
}

/** Dotted notation of an OBJECT IDENTIFIER value. */
export function oidOf({ tag, content }: Pick<DerValue, 'tag' | 'content'>): string {
  if (tag !== TAG.oid) throw new PkiError('BAD_DER', 'object identifier expected');
  return oidText(content);
}

/** Text of the content of a UniversalString: four octets a character (X.690 8.23.7). */
function universalTextOf(content: Buffer): string {
  if (content.length % 4 !== 0) throw new PkiError('BAD_DER', 'UniversalString is not of four octets a character');
  const characters: string[] = [];
  for (let at = 0; at < content.length; at += 4) {
    const point = content.readUInt32BE(at);
    if (point > 0x10ffff) throw new PkiError('BAD_DER', 'no such character');
    characters.push(String.fromCodePoint(point));
  }
  return characters.join('');
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Text of any directory string type (X.520); faults on octets that are not of the type. */
export function textOf({ tag, content }: Pick<DerValue, 'tag' | 'content'>): string {
  switch (tag) {
    case TAG.utf8String:
      try {
        return utf8.decode(content);
      } catch (error) {
        throw new PkiError('BAD_DER', 'octets are not UTF-8', error);
      }
    case TAG.numericString:
    case TAG.printableString:
    case TAG.ia5String:
    case TAG.visibleString:
      if (content.some((octet) => octet > 0x7f)) throw new PkiError('BAD_DER', 'octets are not ASCII');
      return content.toString('latin1');
    case TAG.teletexString:
      return content.toString('latin1');
    case TAG.bmpString:
      if (content.length % 2 !== 0) throw new PkiError('BAD_DER', 'odd BMPString');
      return Buffer.from(content).swap16().toString('utf16le');
    case TAG.universalString:
      return universalTextOf(content);
    default:
      throw new PkiError('BAD_DER', `not a character string (tag 0x${tag.toString(16)})`);
  }
}
