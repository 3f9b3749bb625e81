import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { migrationBatchRejected } from '#contracts/bridge-ca';
import type { Ctx, Job, JobKind, StepOutcome } from '#platform';
import type { Authorities } from '../authority/authorities.js';
import { generationCertificates, stepped } from './batch-view.js';
import type { LoadedRecord, RecordStore } from './migrated-record.store.js';
import type { BatchFault, BatchRow, BatchStore } from './migration-batch.store.js';
import { REASON_OF_KIND, readRecord, type RecordCheck } from './migration-record.js';
import { EMPTY_TREE, MerkleTree, serialLeaf } from './merkle-tree.js';
import { reconcile } from './reconcile-batch.js';

export const LOAD_BATCH = 'bridge-ca.load-batch';
/** Serials of a step: their hashing takes about as long as the verification of a chunk of lines. */
const TREE_PAGE = 20_000;
/** Lines checked without a pause. */
const READ_AT_ONCE = 50;

const parameters = z.object({ batchId: z.uuid() });
const tree = z.object({ leaves: z.number().int(), peaks: z.array(z.string()) });
const position = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('LOAD'), chunk: z.number().int() }),
  z.object({ phase: z.literal('TREE'), first: z.string(), after: z.string(), tree }),
  z.object({ phase: z.literal('COMPARE'), first: z.string(), last: z.string(), tree }),
  z.object({ phase: z.literal('DROP') }),
]);
type Position = z.output<typeof position>;

/** A chunk whose lines were checked one by one; undefined after the last, and in other phases. */
type Prepared = { readonly records: readonly LoadedRecord[]; readonly faults: readonly BatchFault[]; readonly lastLine: number } | undefined;

/**
 * EXTRACTED -> LOADED -> RECONCILED or REJECTED (JPKI-3.12): the lines chunk by chunk, then the tree over the serials page by page, then the
 * comparison of the whole. Of a rejected batch no record stays, but its differences.
 */
export class LoadBatch implements JobKind<Prepared> {
  readonly kind = LOAD_BATCH;

  constructor(
    private readonly batches: BatchStore,
    private readonly records: RecordStore,
    private readonly authorities: Authorities,
  ) {}

  async prepare(ctx: Ctx, job: Job): Promise<Prepared> {
    const at = positionOf(job);
    if (at.phase !== 'LOAD') return undefined;
    const batch = await this.batch(ctx, job);
    const stored = await this.batches.chunk(ctx.db, batch.uploadId ?? '', at.chunk);
    if (stored === undefined) return undefined;
    const check: RecordCheck = {
      prefecture: batch.prefecture, asOf: batch.listAt ?? ctx.now, authorities: await generationCertificates(ctx, this.authorities, batch.prefecture),
      changes: await this.batches.codeChanges(ctx.db, batch.prefecture),
    };
    const records: LoadedRecord[] = [];
    const faults: BatchFault[] = [];
    for (const [index, text] of stored.lines.entries()) {
      if (index % READ_AT_ONCE === 0) await setImmediate();
      const line = stored.firstLine + index;
      const read = readRecord(text, check);
      if ('faults' in read) faults.push(...read.faults.map((fault) => ({ ...fault, line, serial: null })));
      else records.push({ ...read.record, line, reason: read.record.kind === null ? null : REASON_OF_KIND[read.record.kind] });
    }
    return { records, faults, lastLine: stored.firstLine + stored.lines.length - 1 };
  }

  async step(ctx: Ctx, job: Job, prepared: Prepared): Promise<StepOutcome> {
    const at = positionOf(job);
    const batch = await this.batch(ctx, job);
    const cursor = await this.next(ctx, batch, at, prepared);
    const done = prepared === undefined ? (batch.lines ?? 0) : prepared.lastLine;
    if (cursor !== undefined) return { cursor, done, total: batch.lines ?? 0 };
    const { state, faults } = await this.batch(ctx, job);
    return { cursor: null, done, result: { batchId: batch.id, state, faults } };
  }

  private async next(ctx: Ctx, batch: BatchRow, at: Position, prepared: Prepared): Promise<Position | undefined> {
    switch (at.phase) {
      case 'LOAD':
        return prepared === undefined ? this.loaded(ctx, batch) : this.load(ctx, batch, at.chunk, prepared);
      case 'TREE':
        return this.grow(ctx, batch, at);
      case 'COMPARE': {
        const { first, last } = at;
        const isSame = await reconcile(ctx, { batches: this.batches, records: this.records }, batch, { first, last, tree: at.tree });
        return isSame ? undefined : { phase: 'DROP' };
      }
      case 'DROP':
        return this.drop(ctx, batch);
    }
  }

  private async load(ctx: Ctx, batch: BatchRow, chunk: number, { records, faults }: NonNullable<Prepared>): Promise<Position> {
    await this.batches.dropChunk(ctx.db, batch.uploadId ?? '', chunk);
    // Two lines of one statement with the same serial: the first of them stands, as between two chunks.
    const unique = new Map(records.toReversed().map((record) => [record.serial.toString('hex'), record]));
    const repeated = records.filter((record) => unique.get(record.serial.toString('hex')) !== record).map(({ line }) => line);
    const there = await this.records.add(ctx.db, batch.prefecture, [...unique.values()]);
    const duplicates = [...repeated, ...there].map((line) => ({ line, column: 'serial', code: 'DUPLICATE_SERIAL', serial: null }));
    await this.batches.addFaults(ctx.db, batch.id, [...faults, ...duplicates].toSorted((left, right) => (left.line ?? 0) - (right.line ?? 0)));
    ctx.audit({ object: `migration-batch:${batch.id}`, facts: { chunk, records: unique.size - there.length } });
    return { phase: 'LOAD', chunk: chunk + 1 };
  }

  private async loaded(ctx: Ctx, batch: BatchRow): Promise<Position> {
    await this.batches.save(ctx.db, stepped(batch, 'LOAD'), ctx.now);
    ctx.audit({ object: `migration-batch:${batch.id}`, facts: { from: batch.state, to: 'LOADED' } });
    return { phase: 'TREE', first: '', after: '', tree: { ...EMPTY_TREE, peaks: [] } };
  }

  private async grow(ctx: Ctx, batch: BatchRow, at: Extract<Position, { phase: 'TREE' }>): Promise<Position> {
    const page = await this.records.serials(ctx.db, batch.prefecture, Buffer.from(at.after, 'hex'), TREE_PAGE);
    const [head, last] = [page[0], page.at(-1)];
    if (head === undefined || last === undefined) return { phase: 'COMPARE', first: at.first, last: at.after, tree: at.tree };
    const grown = new MerkleTree(at.tree);
    for (const octets of page) grown.add(serialLeaf(octets));
    const { leaves, peaks } = grown.state;
    return { phase: 'TREE', first: at.first === '' ? head.toString('hex') : at.first, after: last.toString('hex'), tree: { leaves, peaks: [...peaks] } };
  }

  private async drop(ctx: Ctx, batch: BatchRow): Promise<Position | undefined> {
    if ((await this.records.drop(ctx.db, batch.prefecture)) > 0) return { phase: 'DROP' };
    const rejected = stepped(batch, 'REJECT', { told: batch.told + 1 });
    await this.batches.save(ctx.db, rejected, ctx.now);
    ctx.audit({ object: `migration-batch:${batch.id}`, facts: { from: batch.state, to: 'REJECTED', faults: batch.faults } });
    const { id, prefecture, told, faults } = rejected;
    ctx.emit(migrationBatchRejected, { aggregateId: id, sequence: told, data: { batchId: id, prefecture, differences: faults, at: ctx.now.toISOString() } });
    return undefined;
  }

  private async batch(ctx: Ctx, job: Job): Promise<BatchRow> {
    const batch = await this.batches.find(ctx.db, parameters.parse(job.parameters).batchId);
    if (batch === undefined) throw new Error('the batch of the job is gone');
    return batch;
  }
}

function positionOf(job: Job): Position {
  return job.cursor === null ? { phase: 'LOAD', chunk: 0 } : position.parse(job.cursor);
}
