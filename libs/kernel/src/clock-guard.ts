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

  /** `wentBack` is told of a step back, in milliseconds, when nothing may be signed from then on. */
  constructor(
    private readonly clock: { now(): Date },
    private readonly wentBack: (ms: number) => void,
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
      this.wentBack(this.untoldMs);
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
