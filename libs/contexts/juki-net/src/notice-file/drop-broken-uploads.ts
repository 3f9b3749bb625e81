import { addDays, localDateInJapan, startOfDayInJapan, toLocalDate } from '#kernel';
import type { Schedule } from '#platform';
import type { NoticeFileStore } from './notice-file.store.js';

/** Once a day: lines of uploads that broke off before yesterday, which no job will ever take. */
export function dropBrokenUploads(files: NoticeFileStore): Schedule {
  return {
    name: 'notice-file.drop-broken-uploads',
    due: (last, now) => {
      const today = localDateInJapan(now);
      return last === today ? undefined : today;
    },
    run: async (ctx, occasion) => {
      await files.dropOrphans(ctx.db, startOfDayInJapan(addDays(toLocalDate(occasion), -1)));
    },
  };
}
