import type { Readable } from 'node:stream';
import { z } from 'zod';
import { bridgeCaProblems } from '#contracts/bridge-ca';
import { platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { batchId, byBatch, lockedBatch } from './batch-view.js';
import { readFileLines } from './file-lines.js';
import type { BatchRow, BatchStore } from './migration-batch.store.js';

const spec = useCase({
  action: 'bridge-ca.migration-batch.upload',
  kind: 'process',
  summary: 'Takes in the file of records (JSON Lines, gzip or not) as it streams in; a later upload replaces an earlier one until the extraction is sealed',
  input: byBatch,
  output: z.object({ batchId, lines: z.number().int(), sha256: z.string() }),
  refusals: [
    ...refusals(bridgeCaProblems, 'FILE_BROKEN', 'FILE_EMPTY', 'FILE_TOO_LARGE', 'LINE_TOO_LONG', 'NOT_IN_STATE', 'UPLOAD_SUPERSEDED'),
    ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION', 'UNSUPPORTED_MEDIA_TYPE'),
  ],
});

/** JPKI-4.12: what comes in is encrypted chunk by chunk, and is no file of the batch before it has come to its end. */
export class UploadFile implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly batches: BatchStore) {}

  async execute(ctx: Ctx, { batchId: id }: InputOf<typeof spec>, body?: Readable): Promise<OutputOf<typeof spec>> {
    if (body === undefined) throw platformProblems.refuse('UNSUPPORTED_MEDIA_TYPE');
    try {
      const uploadId = await ctx.transaction((tx) => this.begin(tx, id));
      const read = await this.store(ctx, uploadId, body);
      await ctx.transaction(async (tx) => {
        const batch = planned(await lockedBatch(tx, this.batches, id));
        if (batch.uploadId !== uploadId) throw bridgeCaProblems.refuse('UPLOAD_SUPERSEDED');
        await this.batches.save(tx.db, { ...batch, fileSha256: read.sha256, lines: read.lines, trailer: read.trailer }, tx.now);
        tx.audit({ object: `migration-batch:${id}`, facts: { lines: read.lines } });
      });
      return { batchId: id, lines: read.lines, sha256: read.sha256.toString('hex') };
    } finally {
      // A client that is still sending hears the refusal only when it has been read to the end.
      body.resume();
    }
  }

  private async begin(ctx: Ctx, id: string): Promise<string> {
    const batch = planned(await lockedBatch(ctx, this.batches, id));
    const uploadId = uuidv7();
    if (batch.uploadId !== null) await this.batches.dropChunks(ctx.db, batch.uploadId);
    await this.batches.save(ctx.db, { ...batch, uploadId, fileSha256: null, lines: null, trailer: null }, ctx.now);
    return uploadId;
  }

  private async store(ctx: Ctx, uploadId: string, body: Readable) {
    let chunk = 0;
    try {
      return await readFileLines(body, async (lines) => {
        await this.batches.addChunk(ctx.db, { uploadId, chunk, at: ctx.now }, lines);
        chunk += 1;
      });
    } catch (error) {
      await this.batches.dropChunks(ctx.db, uploadId);
      throw error;
    }
  }
}

function planned(batch: BatchRow): BatchRow {
  if (batch.state !== 'PLANNED') throw bridgeCaProblems.refuse('NOT_IN_STATE', { facts: { state: batch.state } });
  return batch;
}
