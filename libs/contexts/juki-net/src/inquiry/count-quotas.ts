import type { Schedule } from '#platform';
import type { GrantStore } from './grant.store.js';

/** So late may the use records of an answer be committed. */
const SETTLED_MS = 10_000;
const MINUTE_MS = 60_000;

/** Once a minute, whom immediate answers told under grants with a daily quota: the path of an inquiry counts nothing (JUKI-4.7). */
export function countQuotas(grants: GrantStore): Schedule {
  const name = 'grant-quota.count';
  return {
    name,
    due: (last, now) => {
      const minute = new Date(Math.floor((now.getTime() - SETTLED_MS) / MINUTE_MS) * MINUTE_MS).toISOString();
      return last === minute ? undefined : minute;
    },
    hasWork: (ctx) => grants.isQuotaUsed(ctx.db, new Date(ctx.now.getTime() - 2 * MINUTE_MS)),
    run: (ctx, minute) => grants.countTold(ctx.db, `schedule:${name}`, new Date(minute)),
  };
}
