import { addDays, localDateInJapan, startOfDayInJapan } from '#kernel';
import type { Schedule } from '#platform';
import { tellState } from './batch-event.js';
import { PURGE_AFTER_RECEIPT_DAYS, PURGE_UNCLAIMED_DAYS } from './batch.js';
import type { BatchStore } from './batch.store.js';

/** Once an hour: answers that have been received, or that nobody fetched, go; use records and counts stay (JUKI-3.5). */
export function purgeBatches(batches: BatchStore): Schedule {
  return {
    name: 'batch.purge',
    due: (last, now) => {
      const hour = now.toISOString().slice(0, 13);
      return last === hour ? undefined : hour;
    },
    run: async (ctx) => {
      const today = localDateInJapan(ctx.now);
      const before = (days: number): Date => startOfDayInJapan(addDays(today, -days));
      for (const { batch_id: batchId } of await batches.due(ctx.db, { receipt: before(PURGE_AFTER_RECEIPT_DAYS), packaged: before(PURGE_UNCLAIMED_DAYS) })) {
        await batches.dropChunks(ctx.db, batchId);
        await tellState(ctx, await batches.setState(ctx.db, batchId, { state: 'PURGED', at: ctx.now }));
      }
    },
  };
}
