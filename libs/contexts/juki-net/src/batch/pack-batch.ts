import { createHash } from 'node:crypto';
import type { Ctx } from '#platform';
import { tellState } from './batch-event.js';
import type { BatchStore } from './batch.store.js';

/** Closes the lines of a batch with their hash, which the receipt will name (JUKI-5.3). */
export async function packBatch(ctx: Ctx, batches: BatchStore, batchId: string): Promise<void> {
  const hash = createHash('sha256');
  for (let chunk = 0; ; chunk += 1) {
    const stored = await batches.chunk(ctx.db, batchId, chunk, true);
    if (stored === undefined) break;
    for (const line of stored.lines) hash.update(`${line}\r\n`);
  }
  await tellState(ctx, await batches.setState(ctx.db, batchId, { state: 'PACKAGED', at: ctx.now, resultSha256: hash.digest() }));
}
