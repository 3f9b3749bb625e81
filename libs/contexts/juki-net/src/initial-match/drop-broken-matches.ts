import { addDays, localDateInJapan, startOfDayInJapan, toLocalDate } from '#kernel';
import type { Schedule } from '#platform';
import type { InitialMatchStore } from './initial-match.store.js';

/** Once a day: rows of uploads that broke off before yesterday, which no job will ever take. */
export function dropBrokenMatches(matches: InitialMatchStore): Schedule {
  return {
    name: 'initial-match.drop-broken-uploads',
    due: (last, now) => (last === localDateInJapan(now) ? undefined : localDateInJapan(now)),
    run: async (ctx, occasion) => matches.dropOrphans(ctx.db, startOfDayInJapan(addDays(toLocalDate(occasion), -1))),
  };
}
