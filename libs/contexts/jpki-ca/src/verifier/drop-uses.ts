import { daily, type Schedule } from '#platform';
import type { UsageStore } from './usage.store.js';

/** Lets the single answers of the months go that are over: a month at once, whatever its size (JPKI 4.13). */
export function dropUsesDaily(usage: UsageStore): Schedule {
  return daily('status-use-retention', async (ctx) => {
    for (const month of await usage.over(ctx.db)) {
      await usage.drop(ctx.db, month);
      await usage.note(ctx.db, { month, step: 'DROPPED' }, ctx.now);
      ctx.audit({ object: `status-use:${month}`, facts: { state: 'DROPPED' } });
    }
  });
}
