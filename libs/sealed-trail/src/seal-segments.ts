import { createHash } from 'node:crypto';
import { log, type Ctx, type Schedule } from '#platform';
import { chainOver } from './audit-segment.js';
import { BEFORE_ALL, type AuditSegmentStore, type SegmentRow } from './audit-segment.store.js';
import { copyOf, entryTexts } from './segment-entry.js';
import type { SegmentSeals } from './segment-seal.js';
import { fileNames, type WriteOnceFolder } from './write-once-folder.js';

/** After a fault of the store a copy is tried again. */
const RETRY_MS = 600_000;

/** What others are told of a segment that was sealed; no line of it. */
export interface SegmentFacts {
  readonly segment: number;
  readonly firstSeq: number;
  readonly entries: number;
  readonly hash: string;
}

export interface SealerParts {
  readonly store: AuditSegmentStore;
  readonly seals: SegmentSeals;
  readonly folder: WriteOnceFolder;
  /** Tells of it in the transaction that seals. */
  readonly announce: (ctx: Ctx, facts: SegmentFacts) => void;
}

/** Closes segments and copies them, one a transaction; one replica at a time, by the lock on the schedule's cursor. */
export class SegmentSealer {
  constructor(private readonly parts: SealerParts) {}

  schedules(): Schedule[] {
    const { seals, store } = this.parts;
    const due: Schedule['due'] = (_last, now) => now.toISOString();
    return [
      { name: 'audit-segment-seal', due, hasWork: async (ctx) => (await store.isSealDue(ctx.db, ctx.now)) && seals.canSeal(ctx), run: (ctx) => this.seal(ctx) },
      { name: 'audit-segment-copy', due, hasWork: (ctx) => store.isCopyDue(ctx.db, ctx.now), run: (ctx) => this.copy(ctx) },
    ];
  }

  private async seal(ctx: Ctx): Promise<void> {
    const { store, seals } = this.parts;
    const before = await store.last(ctx.db);
    const link = await store.nextEnd(ctx.db, before);
    if (link === undefined) return;
    const firstSeq = before.firstSeq + before.entries;
    const entries = entryTexts(await store.lines(ctx.db, before, link), firstSeq);
    const hash = chainOver(before.hash, entries);
    const end = { segment: before.segment + 1, firstSeq, entries: entries.length, lastLink: link.seq, place: link.place, lineId: link.lineId, hash };
    await store.insert(ctx.db, await seals.seal(ctx, { before, end, linkHash: link.hash }));
    const facts = { segment: end.segment, firstSeq, entries: entries.length, hash: hash.toString('hex') };
    this.parts.announce(ctx, facts);
    ctx.audit({ object: `audit-segment:${end.segment}`, facts: { ...facts, state: 'SEALED' } });
  }

  private async copy(ctx: Ctx): Promise<void> {
    const row = await this.parts.store.lockCopyDue(ctx.db, ctx.now);
    if (row === undefined) return;
    const before = row.segment === 1 ? BEFORE_ALL : await this.parts.store.find(ctx.db, row.segment - 1);
    const entries = before === undefined ? [] : entryTexts(await this.parts.store.lines(ctx.db, before, row), row.firstSeq);
    const copy = copyOf(entries);
    // What is copied is what was sealed, or it is not copied.
    const fault = before !== undefined && chainOver(before.hash, entries).equals(row.hash) ? await this.write(row, copy) : 'LINES_DIFFER';
    if (fault !== undefined) {
      log.error('an audit segment was not copied', { code: fault, count: row.segment });
      return this.parts.store.postponeCopy(ctx.db, row.segment, new Date(ctx.now.getTime() + RETRY_MS));
    }
    const sha256 = createHash('sha256').update(copy).digest('hex');
    await this.parts.store.markCopied(ctx.db, row.segment, sha256, ctx.now);
    ctx.audit({ object: `audit-segment:${row.segment}`, facts: { state: 'COPIED', sha256 } });
  }

  private async write({ segment, seal, token }: SegmentRow, copy: Buffer): Promise<string | undefined> {
    const names = fileNames(segment);
    for (const [name, octets] of [[names.entries, copy], [names.seal, seal], [names.token, token]] as const) {
      const fault = await this.parts.folder.put(name, octets);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
}
