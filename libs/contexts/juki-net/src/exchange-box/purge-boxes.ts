import { addDays, localDateInJapan, startOfDayInJapan } from '#kernel';
import type { Schedule } from '#platform';
import { PURGE_AFTER_RECEIPT_DAYS, PURGE_UNCLAIMED_DAYS } from '../batch/batch.js';
import type { OutFileStore } from './out-file.store.js';

/** Once a day: what a box says of files goes as long after them as the answers of a batch do, a dropped file with its last answer (JUKI-3.5). */
export function purgeBoxes(outFiles: OutFileStore): Schedule {
  return {
    name: 'exchange-box.purge',
    due: (last, now) => {
      const today = localDateInJapan(now);
      return last === today ? undefined : today;
    },
    run: async (ctx) => {
      const today = localDateInJapan(ctx.now);
      const before = (days: number): Date => startOfDayInJapan(addDays(today, -days));
      const purged = await outFiles.purge(ctx.db, { receipt: before(PURGE_AFTER_RECEIPT_DAYS), ready: before(PURGE_UNCLAIMED_DAYS) });
      if (purged.dropped + purged.standing > 0) ctx.audit({ object: 'exchange-box:purged', facts: purged });
    },
  };
}
