import type { Schedule } from '#platform';
import { phoneUntil } from './enrolment.js';
import type { EnrolmentDesk } from './enrolment-desk.js';

const AT_ONCE = 20;

/**
 * Looked at every second: offers lapse, those who still wait when a session begins learn that they will not come, and a place that fits somebody only
 * since he gave up another one goes to him (TRN-3.3, 4.4 I5).
 */
export function placesSwept(desk: EnrolmentDesk): Schedule {
  const { steps, store, waitingList } = desk.parts;
  return {
    name: 'places',
    due: (_last, now) => now.toISOString(),
    hasWork: async (ctx) => (await store.restless(ctx.db, ctx.now, phoneUntil(ctx.now), 1)).length > 0,
    run: async (ctx) => {
      for (const id of await store.restless(ctx.db, ctx.now, phoneUntil(ctx.now), AT_ONCE)) {
        const session = await steps.held(ctx, id);
        if (session.startsAt <= ctx.now) await waitingList.withdraw(ctx, session, 'EXPIRE', await store.ofSession(ctx.db, id, ['WAITLISTED']));
        await waitingList.leave(ctx, session, 'LAPSE', await store.lapsed(ctx.db, id, ctx.now));
        await desk.settle(ctx, session);
      }
    },
  };
}
