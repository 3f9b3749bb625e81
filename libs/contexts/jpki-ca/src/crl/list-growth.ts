import { startOfDayInJapan, toLocalDate } from '#kernel';
import { queueJob, type Schedule } from '#platform';
import { dailyRun, isListFull } from './crl.js';
import type { CrlStore } from './crl.store.js';
import { ISSUE_CRLS } from './issue-crls.params.js';

/** Each day, with all on which nothing ran: what was issued until its midnight is counted to its list, and a municipality whose list is full gets the next one (JPKI 4.8, 4.18). */
export function listGrowth(crls: CrlStore): Schedule {
  return {
    name: 'list-growth',
    due: (last, now) => {
      const [today, counted = '1970-01-01'] = [dailyRun(now), last?.split('/')[1]];
      return counted < today ? `${counted}/${today}` : undefined;
    },
    run: async (ctx, days) => {
      const [from, until] = days.split('/').map((day) => startOfDayInJapan(toLocalDate(day))) as [Date, Date];
      for (const { id, issued } of await crls.countIssued(ctx.db, from, until)) {
        const next = isListFull(issued) ? await crls.openNext(ctx.db, id, ctx.now) : undefined;
        if (next === undefined) continue;
        await queueJob(ctx, ISSUE_CRLS, { partitionIds: [next], scheduled: false });
        ctx.audit({ object: `crl-partition:${next}`, facts: { issued } });
      }
    },
  };
}
