import { addDays, localDateInJapan, startOfDayInJapan, toLocalDate } from '#kernel';
import type { Schedule } from '#platform';
import type { LeafStore } from './leaf.store.js';
import type { ReconciliationStore } from './reconciliation.store.js';

/** A run whose leaves did not come within so many days is given up; the next one finds the same again. */
const GIVEN_UP_AFTER_DAYS = 7;

/** Once a day: runs left unfinished, and the leaves of all that were abandoned. */
export function dropAbandonedRuns(runs: ReconciliationStore, leaves: LeafStore): Schedule {
  return {
    name: 'reconciliation.drop-abandoned',
    due: (last, now) => {
      const today = localDateInJapan(now);
      return last === today ? undefined : today;
    },
    run: async (ctx, occasion) => {
      await runs.abandonOlder(ctx.db, startOfDayInJapan(addDays(toLocalDate(occasion), -GIVEN_UP_AFTER_DAYS)));
      await leaves.dropAbandoned(ctx.db);
    },
  };
}
