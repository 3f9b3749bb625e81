import type { Schedule } from '#platform';
import { occasionEvery } from '../handover/occasion.js';
import { applyRun, type FollowStores } from './follow-person.js';

const SECONDS = 60;
const PATIENCE_MINUTES = 60;
const CHUNK = 20;

/**
 * A predecessor that does not come (told before the application was in, or a dead letter) must not keep a death from being
 * followed for ever: after an hour the notices that wait for it are applied without it (CARD-4.13).
 */
export function overdueNoticesSchedule(stores: FollowStores): Schedule {
  return {
    name: 'overdue-notices',
    due: occasionEvery(SECONDS),
    run: async (ctx) => {
      const before = new Date(ctx.now.getTime() - PATIENCE_MINUTES * 60_000);
      for (const personKey of await stores.facts.waitingTooLong(ctx.db, before, CHUNK)) {
        await stores.facts.lockPerson(ctx.db, personKey);
        const change = await stores.facts.takeWaiting(ctx.db, personKey);
        if (change === undefined) continue;
        ctx.audit({ object: `person:${personKey}`, subjects: [personKey], facts: { factVersion: change.factVersion, predecessor: 'MISSING' } });
        await applyRun(ctx, stores, change);
      }
    },
  };
}
