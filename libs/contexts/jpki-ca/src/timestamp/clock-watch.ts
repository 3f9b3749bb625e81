import type { ClockGuard } from '#kernel';
import type { Schedule, TimeServers } from '#platform';

/** Looks every second, so that a clock that is not to be trusted is an alarm and an audit line also while nothing is to be signed (JPKI 4.14). */
export function clockWatch(guard: ClockGuard, timeServers: TimeServers): Schedule {
  return {
    name: 'clock-watch',
    due: (_last, now) => now.toISOString(),
    hasWork: async () => {
      await timeServers.consult(guard);
      return guard.untold() !== undefined;
    },
    run: async (ctx) => {
      ctx.audit({ object: 'clock', facts: { code: 'CLOCK_UNTRUSTED', ...guard.untold() } });
      guard.recorded();
    },
  };
}
