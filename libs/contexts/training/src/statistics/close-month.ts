import { statisticsMonthClosed } from '#contracts/training';
import { localDateInJapan } from '#kernel';
import type { Ctx, Schedule } from '#platform';
import { monthAfter, monthBefore, monthOf } from './statistics.js';
import type { StatisticsStore } from './statistics.store.js';
import type { StatisticsTables } from './tables.js';

const THREE_HOURS_MS = 3 * 3_600_000;

/** On the first of each month at 03:00 in Japan the month before is closed; months that were missed follow one by one (TRN-4.10). */
export function monthToClose(last: string | undefined, now: Date): string | undefined {
  const over = monthBefore(monthOf(localDateInJapan(new Date(now.getTime() - THREE_HOURS_MS))));
  const next = last === undefined ? over : monthAfter(last);
  return next <= over ? next : undefined;
}

/** A closed report stays as it was: what comes in later is in the tables of the year. */
export function closingMonthly(store: StatisticsStore, tables: StatisticsTables): Schedule {
  return {
    name: 'statistics-month',
    due: monthToClose,
    run: async (ctx: Ctx, month) => {
      const table = await tables.month(ctx.db, month);
      if (!(await store.close(ctx.db, month, table, ctx.now))) return;
      ctx.emit(statisticsMonthClosed, { aggregateId: month, sequence: 1, data: statisticsMonthClosed.data.parse({ table, closedAt: ctx.now.toISOString() }) });
      ctx.audit({ object: `statistics:${month}` });
    },
  };
}
