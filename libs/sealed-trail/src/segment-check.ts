import type { Db } from '#platform';
import { chainOver, lineFaultOf, type CopiedEntry, type SegmentFault } from './audit-segment.js';
import { BEFORE_ALL, type AuditedLine, type AuditSegmentStore, type SegmentEnd, type SegmentRow } from './audit-segment.store.js';
import { entriesOf, entryText, entryTexts } from './segment-entry.js';
import type { SegmentSeals } from './segment-seal.js';
import { fileNames, type WriteOnceFolder } from './write-once-folder.js';

export interface CheckParts {
  readonly store: AuditSegmentStore;
  readonly seals: SegmentSeals;
  readonly folder: WriteOnceFolder;
}

/** Recomputes all of a segment (JPKI 4.14): its seal and time-stamp, its copy, and the journal's lines against the copy. */
export class SegmentCheck {
  constructor(private readonly parts: CheckParts) {}

  /** One fault of each kind of evidence at most; none for a segment that is whole. */
  async faultsOf(db: Db, row: SegmentRow): Promise<SegmentFault[]> {
    const before = row.segment === 1 ? BEFORE_ALL : await this.parts.store.find(db, row.segment - 1);
    if (before === undefined) return [{ kind: 'SEGMENT_MISSING' }];
    const seal = await this.sealFaults(db, before, row);
    const copy = await this.copyOf(before, row);
    if (copy !== undefined && 'kind' in copy) seal.push(copy);
    const line = lineFault(before, row, await this.parts.store.lines(db, before, row), copy !== undefined && 'entries' in copy ? copy.entries : undefined);
    return line === undefined ? seal : [...seal, line];
  }

  private async sealFaults(db: Db, before: SegmentEnd, row: SegmentRow): Promise<SegmentFault[]> {
    const { seals, store } = this.parts;
    const linkHash = await store.linkHash(db, row.lastLink);
    const follows = row.firstSeq === before.firstSeq + before.entries;
    const isWhole = follows && linkHash !== undefined && (await seals.isSealWhole(db, { before, end: row, linkHash }, row));
    return [
      ...(isWhole ? [] : [{ kind: 'SEAL_BROKEN' } as const]),
      ...((await seals.isTimestampWhole(db, row)) ? [] : [{ kind: 'TIMESTAMP_BROKEN' } as const]),
    ];
  }

  /**
   * Undefined for a segment that is still to be copied. Where files are already, they must be its own: whoever removes the last record has
   * the segment sealed again.
   */
  private async copyOf({ hash }: SegmentEnd, row: SegmentRow): Promise<{ readonly entries: readonly CopiedEntry[] } | SegmentFault | undefined> {
    const names = fileNames(row.segment);
    const [copy, seal, token] = await Promise.all([names.entries, names.seal, names.token].map((name) => this.parts.folder.read(name)));
    const entries = copy === undefined ? undefined : entriesOf(copy);
    if (entries !== undefined && !(entries.length === row.entries && chainOver(hash, entries.map(({ text }) => text)).equals(row.hash))) return { kind: 'COPY_CHANGED' };
    if (seal?.equals(row.seal) === false || token?.equals(row.token) === false) return { kind: 'COPY_CHANGED' };
    if (row.state === 'SEALED') return undefined;
    return entries === undefined || seal === undefined || token === undefined ? { kind: 'COPY_MISSING' } : { entries };
  }
}

function lineFault(before: SegmentEnd, { firstSeq, hash }: SegmentRow, lines: readonly AuditedLine[], copy: readonly CopiedEntry[] | undefined): SegmentFault | undefined {
  if (copy === undefined) return chainOver(before.hash, entryTexts(lines, firstSeq)).equals(hash) ? undefined : { kind: 'LINES_DIFFER' };
  const textOf = (place: number, seq: number): string => {
    const line = lines[place];
    return line === undefined ? '' : entryText(line, seq);
  };
  return lineFaultOf({ firstSeq, copy, lineIds: lines.map(({ id }) => id), textOf });
}
