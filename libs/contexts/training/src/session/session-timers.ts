import type { Schedule } from '#platform';
import { timerStep } from './session.js';
import type { SessionSteps } from './session-steps.js';
import type { SessionStore } from './session.store.js';

const AT_ONCE = 50;

/** Windows open and close by the server's clock, looked at every second (TRN-3.2); what a window closes on is read again under its lock. */
export function sessionTimers(sessions: SessionStore, steps: SessionSteps): Schedule {
  return {
    name: 'session-windows',
    due: (_last, now) => now.toISOString(),
    hasWork: async (ctx) => (await sessions.timed(ctx.db, ctx.now, 1)).length > 0,
    run: async (ctx) => {
      for (const id of await sessions.timed(ctx.db, ctx.now, AT_ONCE)) {
        const held = await steps.held(ctx, id);
        const step = timerStep(held, ctx.now);
        if (step !== undefined) await steps.take(ctx, held, step);
      }
    },
  };
}
