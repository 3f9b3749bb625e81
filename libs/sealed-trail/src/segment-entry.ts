import { z } from 'zod';
import { canonicalJson } from '#platform';
import type { CopiedEntry } from './audit-segment.js';
import type { AuditedLine } from './audit-segment.store.js';

const auditEntry = z.looseObject({ client: z.string() });
const copied = z.looseObject({ id: z.string() });

/** Canonical JSON (RFC 8785) of an audit line as entry `seq` of the chain; who acted is `actor` (JPKI 4.14). */
export function entryText({ at, id, entry }: AuditedLine, seq: number): string {
  const place = { at: at.toISOString(), id, seq };
  const read = auditEntry.safeParse(jsonOf(entry));
  // Nobody writes such a line; one that was changed to it is still to be found.
  if (!read.success) return canonicalJson({ ...place, unread: entry });
  const { client: actor, ...rest } = read.data;
  return canonicalJson({ ...rest, actor, ...place });
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
