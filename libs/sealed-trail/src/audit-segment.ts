import { createHash } from 'node:crypto';

/** OPEN is what follows the last sealed one; it has no record of its own (JPKI 3.14). */
export const SEGMENT_STATES = ['OPEN', 'SEALED', 'COPIED', 'ARCHIVED'] as const;
export type SegmentState = (typeof SEGMENT_STATES)[number];

/** A segment is closed at so many entries, or so long after its first one (JPKI 4.14). */
export const SEGMENT_ENTRIES = 10_000;
export const SEGMENT_MS = 3_600_000;

/** h0 of the chain of entries. */
export const CHAIN_START: Buffer = createHash('sha256').update('kiban:audit:v1').digest();

/** h_n = SHA-256(h_{n-1} || canonical JSON of entry n), over all entries of a segment. */
export function chainOver(before: Buffer, entries: readonly string[]): Buffer {
  return entries.reduce((hash, entry) => createHash('sha256').update(hash).update(entry).digest(), before);
}

/** Where a verification found a segment other than it was sealed. */
export type SegmentFaultKind =
  /** The record of the segment, or of the one before it. */
  | 'SEGMENT_MISSING'
  /** The signature of the audit key, or what it says of the segment. */
  | 'SEAL_BROKEN'
  | 'TIMESTAMP_BROKEN'
  | 'COPY_MISSING'
  | 'COPY_CHANGED'
  | 'LINE_ADDED'
  | 'LINE_CHANGED'
  | 'LINE_MISSING'
  | 'LINE_MOVED'
  /** Without a sound copy it cannot be told which line. */
  | 'LINES_DIFFER';

export interface SegmentFault {
  readonly kind: SegmentFaultKind;
  /** Number of the entry. */
  readonly seq?: number;
  /** A line that was never sealed has no number. */
  readonly lineId?: string;
}

/** An entry of the copy, with the id of the line that it is of. */
export interface CopiedEntry {
  readonly id: string;
  readonly text: string;
}

export interface Comparison {
  readonly firstSeq: number;
  readonly copy: readonly CopiedEntry[];
  /** Ids of the journal's lines, in their order. */
  readonly lineIds: readonly string[];
  /** Canonical text of the line at a place of `lineIds`, as entry `seq`. */
  readonly textOf: (place: number, seq: number) => string;
}

/** The first entry of the copy that is not what the journal shows now; without one, the first line that the copy does not know. */
export function lineFaultOf({ firstSeq, copy, lineIds, textOf }: Comparison): SegmentFault | undefined {
  const places = new Map(lineIds.map((id, place) => [id, place]));
  let last = -1;
  for (const [index, { id, text }] of copy.entries()) {
    const seq = firstSeq + index;
    const place = places.get(id);
    if (place === undefined) return { kind: 'LINE_MISSING', seq };
    if (textOf(place, seq) !== text) return { kind: 'LINE_CHANGED', seq };
    if (place < last) return { kind: 'LINE_MOVED', seq };
    last = place;
  }
  const known = new Set(copy.map(({ id }) => id));
  const lineId = lineIds.find((id) => !known.has(id));
  return lineId === undefined ? undefined : { kind: 'LINE_ADDED', lineId };
}
