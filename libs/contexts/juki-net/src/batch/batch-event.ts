import { batchStateChanged, changeFeedStateChanged } from '#contracts/juki-net';
import type { Ctx } from '#platform';
import type { Batch } from './batch.store.js';

/** Tells the state that a batch has reached; a file of changes is news of its subscription, whose events are counted there. */
export async function tellState(ctx: Ctx, batch: Batch): Promise<void> {
  const { batch_id: batchId, subscription_id: subscriptionId, organisation, state, lines, answered, hits, faulty } = batch;
  if (subscriptionId === null) ctx.emit(batchStateChanged, { aggregateId: batchId, sequence: batch.version, data: { batchId, organisation, state, lines, answered, hits, faulty } });
  else {
    const { told } = await ctx.db.one<{ told: number }>('UPDATE change_subscription SET told = told + 1 WHERE subscription_id = $1 RETURNING told', subscriptionId);
    ctx.emit(changeFeedStateChanged, { aggregateId: subscriptionId, sequence: told, data: { subscriptionId, batchId, organisation, state, lines, hits } });
  }
  ctx.audit({ object: `batch:${batchId}`, facts: { state, lines, answered, hits, faulty } });
}
