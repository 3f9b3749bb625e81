import type { ClockGuard } from '#kernel';
import type { Schedule } from '#platform';

/** Looks every second, so that a step is an alarm and an audit line also while nothing is to be signed (JPKI 4.14). */
export function clockWatch(guard: ClockGuard): Schedule {
  return {
    name: 'clock-watch',
    due: (_last, now) => now.toISOString(),
    hasWork: async () => guard.untoldStepMs() > 0,
    run: async (ctx) => {
      ctx.audit({ object: 'clock', facts: { code: 'CLOCK_UNTRUSTED', backMs: guard.untoldStepMs() } });
      guard.stepRecorded();
    },
  };
}
