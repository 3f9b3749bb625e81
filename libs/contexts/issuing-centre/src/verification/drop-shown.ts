import type { Schedule } from '#platform';
import type { ShownFrontStore } from './shown-front.store.js';

const EVERY_MS = 60_000;

/** Once a minute, what is shown no more (CARD-4.16). */
export function dropShown(shown: ShownFrontStore): Schedule {
  return {
    name: 'shown-front.drop',
    due: (last, now) => {
      const minute = new Date(Math.floor(now.getTime() / EVERY_MS) * EVERY_MS).toISOString();
      return last === minute ? undefined : minute;
    },
    hasWork: (ctx) => shown.hasExpired(ctx.db, ctx.now),
    run: (ctx) => shown.dropExpired(ctx.db, ctx.now),
  };
}
