import { type DerHeader, readHeader } from '../der/read.js';
import { TAG } from '../der/tag.js';
import { sequence } from '../der/write.js';
import { PkiError, parsingAs } from '../pki-error.js';
import type { EntryOctets } from './crl-entries.js';
import { type CrlFrame, parseCrl } from './crl.js';

/** Far more than names, extensions and signature of a list, or one of its entries, ever take. */
const MOST_HELD = 64 * 1024;
const NONE = Buffer.alloc(0);

/** Who takes the parts of a list as they come. */
export interface CrlSink {
  /** The next octets of what is signed. */
  signed?(octets: Buffer): void;
  /** The next whole entries. */
  entries(entries: EntryOctets): void;
}

/** Places in the list, counted from its first octet. */
interface Layout {
  readonly version: 1 | 2;
  readonly signedAt: number;
  readonly fieldsAt: number;
  /** Where the header of the entries stands, or would. */
  readonly listAt: number;
  readonly entriesAt: number;
  readonly entriesEnd: number;
  readonly signedEnd: number;
  readonly end: number;
}

/** By the first octets of a list; what stands there is judged when the list has been read to its end. */
function layoutOf(octets: Buffer): Layout {
  const { contentAt: signedAt, end } = sequenceAt(octets, 0, Number.MAX_SAFE_INTEGER);
  const { contentAt: fieldsAt, end: signedEnd } = sequenceAt(octets, signedAt, end);
  let at = fieldsAt;
  const skip = (): void => {
    at = headerAt(octets, at, signedEnd).end;
  };
  const version = octets[at] === TAG.integer ? 2 : 1;
  if (version === 2) skip();
  // Algorithm, issuer, thisUpdate.
  for (let field = 0; field < 3; field += 1) skip();
  if (octets[at] === TAG.utcTime || octets[at] === TAG.generalizedTime) skip();
  const list = octets[at] === TAG.sequence ? headerAt(octets, at, signedEnd) : { contentAt: at, end: at };
  if (at > octets.length) throw new PkiError('BAD_CRL', 'what stands before the entries is too long');
  if (list.contentAt > at && list.contentAt === list.end) throw new PkiError('BAD_CRL', 'empty revokedCertificates list is present');
  return { version, signedAt, fieldsAt, listAt: at, entriesAt: list.contentAt, entriesEnd: list.end, signedEnd, end };
}

/** Whether the identifier and length octets at this place are there. */
function hasHeader(octets: Buffer, at: number): boolean {
  const length = octets[at + 1];
  return length !== undefined && (length < 0x80 || at + 2 + (length & 0x7f) <= octets.length);
}

/** The header at this place, of a value that may reach beyond the octets. */
function headerAt(octets: Buffer, at: number, limit: number): DerHeader {
  if (!hasHeader(octets, at)) throw new PkiError('BAD_CRL', `no value at octet ${at}`);
  return readHeader(octets, at, limit);
}

function sequenceAt(octets: Buffer, at: number, limit: number): DerHeader {
  const found = headerAt(octets, at, limit);
  if (found.tag !== TAG.sequence) throw new PkiError('BAD_CRL', `no SEQUENCE at octet ${at}`);
  return found;
}

/** How far whole entries reach. */
function endOfWhole(octets: Buffer): number {
  for (let at = 0; ; ) {
    if (!hasHeader(octets, at)) return at;
    const { end } = readHeader(octets, at, Number.MAX_SAFE_INTEGER);
    if (end > octets.length) return at;
    at = end;
  }
}

/**
 * Reads a complete list, DER and not indirect, as its octets come, in pieces of whatever size: it holds no more than what stands before and behind
 * the entries, and an entry that came in part. Faults `BAD_CRL` where `parseCrl` and a `CrlEntryCursor` do.
 */
export class CrlReader {
  readonly #sink: CrlSink;
  #held: Buffer = NONE;
  /** Of the first octet that is held. */
  #place = 0;
  #layout: Layout | undefined;
  /** From the first field up to the entries. */
  #before: Buffer = NONE;

  constructor(sink: CrlSink) {
    this.#sink = sink;
  }

  push(octets: Buffer): void {
    const place = this.#place + this.#held.length;
    this.#held = this.#held.length === 0 ? octets : Buffer.concat([this.#held, octets]);
    if (this.#layout !== undefined) this.#sink.signed?.(octets.subarray(0, Math.max(0, this.#layout.signedEnd - place)));
    else if (this.#held.length >= MOST_HELD) this.#open();
    this.#takeEntries();
  }

  /** What the list says beside its entries, after its last octet. */
  end(): CrlFrame {
    const { entriesEnd, signedEnd, end } = this.#layout ?? this.#open();
    this.#takeEntries();
    if (this.#place !== entriesEnd || this.#held.length !== end - entriesEnd) throw new PkiError('BAD_CRL', 'list is shorter or longer than it says');
    const behind = signedEnd - entriesEnd;
    const frame = parseCrl(sequence(sequence(this.#before, this.#held.subarray(0, behind)), this.#held.subarray(behind)));
    if (frame.entriesDer.length > 0) throw new PkiError('BAD_CRL', 'list has entries at two places');
    return frame;
  }

  #open(): Layout {
    const held = this.#held;
    const layout = parsingAs('BAD_CRL', () => layoutOf(held));
    this.#sink.signed?.(held.subarray(layout.signedAt, layout.signedEnd));
    this.#before = held.subarray(layout.fieldsAt, layout.listAt);
    this.#layout = layout;
    this.#place = layout.entriesAt;
    this.#held = held.subarray(layout.entriesAt);
    return layout;
  }

  #takeEntries(): void {
    if (this.#layout === undefined) return;
    const { version, entriesEnd } = this.#layout;
    const due = entriesEnd - this.#place;
    const come = this.#held.subarray(0, due);
    // The last ones are given as they are: who reads them finds what is not whole.
    const end = come.length === due ? due : parsingAs('BAD_CRL', () => endOfWhole(come));
    if (end > 0) this.#sink.entries({ entriesDer: come.subarray(0, end), version });
    this.#place += end;
    this.#held = this.#held.subarray(end);
    if (this.#held.length > MOST_HELD) throw new PkiError('BAD_CRL', 'an entry or what follows the entries is too long');
  }
}

/** The whole entries of a list whose octets come one after the other. Faults `BAD_CRL`. */
export async function* entriesAsTheyCome(octets: AsyncIterable<Buffer>): AsyncGenerator<EntryOctets, void, void> {
  const come: EntryOctets[] = [];
  const reader = new CrlReader({ entries: (entries) => void come.push(entries) });
  for await (const piece of octets) {
    reader.push(piece);
    yield* come.splice(0);
  }
  reader.end();
  yield* come;
}
