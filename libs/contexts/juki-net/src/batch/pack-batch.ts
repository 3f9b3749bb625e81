import { createHash } from 'node:crypto';
import type { Ctx } from '#platform';
import type { NewOutFile } from '../exchange-box/out-file.store.js';
import { standReady } from '../exchange-box/stand-ready.js';
import { tellState } from './batch-event.js';
import type { Batch, BatchStore } from './batch.store.js';

/** Closes the lines of a batch with their hash, which the receipt will name, and puts their file into the box (JUKI-5.3). */
export async function packBatch(ctx: Ctx, batches: BatchStore, batchId: string): Promise<void> {
  const hash = createHash('sha256');
  for (let chunk = 0; ; chunk += 1) {
    const stored = await batches.chunk(ctx.db, batchId, chunk, true);
    if (stored === undefined) break;
    for (const line of stored.lines) hash.update(`${line}\r\n`);
  }
  const batch = await batches.setState(ctx.db, batchId, { state: 'PACKAGED', at: ctx.now, resultSha256: hash.digest() });
  await tellState(ctx, batch);
  const lines = batch.answered + batch.postponed;
  if (lines > 0) await standReady(ctx, fileOf(batch, lines));
}

/** The file of all its lines, for the affair of the grant. */
function fileOf({ batch_id: sourceId, institution, organisation, grant_id: grantId, reference, subscription_id: subscriptionId }: Batch, lines: number): NewOutFile {
  return { institution, organisation, kind: subscriptionId === null ? 'BRES' : 'CFED', purpose: undefined, grantId, reference, sourceId, lines };
}
