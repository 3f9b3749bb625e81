import { z } from 'zod';
import { canonicalJson } from '#platform';
import type { CopiedEntry } from './audit-segment.js';
import type { AuditedLine } from './audit-segment.store.js';

const copied = z.looseObject({ id: z.string() });

/** Canonical JSON (RFC 8785) of an audit line as entry `seq` of the chain; who acted is `actor` (JPKI 4.14). */
export function entryText({ at, id, entry }: AuditedLine, seq: number): string {
  const place = { at: at.toISOString(), id, seq };
  const read = jsonOf(entry);
  // Nobody writes such a line; one that was changed to it is still to be found.
  if (!isRecord(read) || typeof read['client'] !== 'string') return canonicalJson({ ...place, unread: entry });
  // It was read for this alone; to spread it into another object takes longer than all the rest.
  return canonicalText(Object.assign(read, { actor: read['client'], client: undefined }, place));
}

/** Names whose place in an object is not that in which they were put there. */
const UNORDERED = /^(?:\d+|__proto__)$/;

/** Canonical JSON of what JSON was read to; what is undefined is left out. JSON is written in one go once its names are in order, in half the time of the usual library; each line is needed twice. */
function canonicalText(value: JsonRecord): string {
  const ordered = inOrder(value);
  return ordered === undefined ? canonicalJson(value) : JSON.stringify(ordered);
}

/** Undefined where it would not be written as it is: names that do not stay in order, numbers beyond all that JSON writes. */
function inOrder(value: JsonRecord): JsonRecord | undefined {
  const ordered: Record<string, unknown> = {};
  for (const name of Object.keys(value).sort()) {
    const inner = value[name];
    if (inner === undefined) continue;
    const own = isRecord(inner) ? inOrder(inner) : inner;
    if (UNORDERED.test(name) || !(isRecord(own) || isPlain(own) || (Array.isArray(own) && own.every(isPlain)))) return undefined;
    ordered[name] = own;
  }
  return ordered;
}

function isPlain(value: unknown): boolean {
  return typeof value === 'number' ? Number.isFinite(value) : value === null || typeof value === 'string' || typeof value === 'boolean';
}

type JsonRecord = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function entryTexts(lines: readonly AuditedLine[], firstSeq: number): string[] {
  return lines.map((line, index) => entryText(line, firstSeq + index));
}

/** JSON Lines of entries, as they are copied. */
export function copyOf(entries: readonly string[]): Buffer {
  return Buffer.from(entries.map((entry) => `${entry}\n`).join(''));
}

/** Entries of a copy, from which an entry without an id is no line's. */
export function entriesOf(copy: Buffer): CopiedEntry[] {
  return copy.toString('utf8').split('\n').slice(0, -1).map((text) => ({ id: copied.safeParse(jsonOf(text)).data?.id ?? '', text }));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
