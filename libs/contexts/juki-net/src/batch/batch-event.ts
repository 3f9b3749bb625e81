import { batchStateChanged } from '#contracts/juki-net';
import type { Ctx } from '#platform';
import type { Batch } from './batch.store.js';

/** Tells the state that a batch has reached. */
export function tellState(ctx: Ctx, batch: Batch): void {
  const { batch_id: batchId, organisation, state, lines, answered, hits, faulty } = batch;
  ctx.emit(batchStateChanged, { aggregateId: batchId, sequence: batch.version, data: { batchId, organisation, state, lines, answered, hits, faulty } });
  ctx.audit({ object: `batch:${batchId}`, facts: { state, lines, answered, hits, faulty } });
}
