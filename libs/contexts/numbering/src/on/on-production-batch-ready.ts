import { productionBatchReady } from '#contracts/card-issuance';
import { onEvent, type EventHandler } from '#platform';
import type { SealedLists } from '../link/sealed-lists.js';

/** A production batch is sealed: the numbers on its cards are read as many as it has records (NUM-4.9). */
export function onProductionBatchReady(lists: SealedLists): EventHandler {
  return onEvent(productionBatchReady, (ctx, { data: { batchId, count } }) => lists.add(ctx.db, batchId, count));
}
