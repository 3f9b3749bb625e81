import { log, type Clock, type Schedule } from '#platform';

/** A clock that goes back by more than this is not signed by (JPKI 7). */
const TOLERATED_MS = 1_000;

/**
 * Whether the clock may be signed by: it has not gone back, neither against the monotonic clock of this process nor behind an instant
 * that was signed before. One that went back is trusted again once it has passed what it had shown.
 */
export class ClockGuard {
  /** By how much the clock is before the monotonic one, at most; small steps back add up against it. */
  private ahead = -Infinity;
  private shown = -Infinity;
  private wasTrusted = true;
  private untoldMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly monotonic = (): number => performance.now(),
  ) {}

  /** An instant that was signed, whichever process did so. */
  noteSigned(instant: Date): void {
    this.shown = Math.max(this.shown, instant.getTime());
  }

  isTrusted(): boolean {
    const [now, elapsed] = [this.clock.now().getTime(), this.monotonic()];
    const back = elapsed + this.ahead - now;
    if (back > TOLERATED_MS) {
      this.shown = Math.max(this.shown, now + back);
      this.ahead = now - elapsed;
    } else {
      this.ahead = Math.max(this.ahead, now - elapsed);
    }
    const behind = this.shown - now;
    const isTrusted = behind <= TOLERATED_MS;
    if (this.wasTrusted && !isTrusted) {
      this.untoldMs = Math.round(behind);
      log.error('the clock went back: nothing is signed until it has passed what it showed', { code: 'CLOCK_UNTRUSTED', ms: this.untoldMs });
    }
    this.wasTrusted = isTrusted;
    return isTrusted;
  }

  /** Milliseconds of the last step back that nobody has recorded yet. */
  untoldStepMs(): number {
    this.isTrusted();
    return this.untoldMs;
  }

  stepRecorded(): void {
    this.untoldMs = 0;
  }
}

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
