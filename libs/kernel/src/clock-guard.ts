/** A clock that goes back, or differs from its reference, by more than this is not signed by (JPKI 7). */
const TOLERATED_MS = 1_000;
/** The longest usual pause between two questions to a time server (RFC 5905 7.2): without an answer for longer the reference is lost. */
const LOST_AFTER_MS = 1_024_000;

/** Why a clock is not signed by; `ms`: how far it went back, how far it is behind (negative: ahead of) its reference, or how long that has said nothing. */
export interface ClockFault {
  readonly cause: 'WENT_BACK' | 'REFERENCE_DIFFERS' | 'REFERENCE_LOST';
  readonly ms: number;
}

/**
 * Whether the clock may be signed by: it has not gone back, neither against the monotonic clock of this process nor behind an instant
 * that was signed before, and agrees with its reference where it has one. One that went back is trusted again once it has passed what it had shown.
 */
export class ClockGuard {
  /** By how much the clock is before the monotonic one, at most; small steps back add up against it. */
  private ahead = -Infinity;
  private shown = -Infinity;
  private reference: { readonly offsetMs: number | undefined; readonly at: number };
  private wasTrusted = true;
  private untoldFault: ClockFault | undefined;

  /** `distrusted` is told why, when nothing may be signed from then on. */
  constructor(
    private readonly clock: { now(): Date },
    private readonly distrusted: (fault: ClockFault) => void,
    private readonly hasReference = false,
    private readonly monotonic = (): number => performance.now(),
  ) {
    this.reference = { offsetMs: undefined, at: monotonic() };
  }

  /** An instant that was signed, whichever process did so. */
  noteSigned(instant: Date): void {
    this.shown = Math.max(this.shown, instant.getTime());
  }

  /** How far the clock is behind its reference by an answer of just now. */
  noteReference(offsetMs: number): void {
    this.reference = { offsetMs, at: this.monotonic() };
  }

  isTrusted(): boolean {
    const elapsed = this.monotonic();
    const behind = this.behind(elapsed);
    const fault: ClockFault | undefined = behind > TOLERATED_MS ? { cause: 'WENT_BACK', ms: Math.round(behind) } : this.referenceFault(elapsed);
    if (this.wasTrusted && fault !== undefined) {
      this.untoldFault = fault;
      this.distrusted(fault);
    }
    this.wasTrusted = fault === undefined;
    return this.wasTrusted;
  }

  /** What nobody has recorded yet. */
  untold(): ClockFault | undefined {
    this.isTrusted();
    return this.untoldFault;
  }

  recorded(): void {
    this.untoldFault = undefined;
  }

  /** Milliseconds to what it has shown. */
  private behind(elapsed: number): number {
    const now = this.clock.now().getTime();
    const back = elapsed + this.ahead - now;
    if (back > TOLERATED_MS) {
      this.shown = Math.max(this.shown, now + back);
      this.ahead = now - elapsed;
    } else {
      this.ahead = Math.max(this.ahead, now - elapsed);
    }
    return this.shown - now;
  }

  private referenceFault(elapsed: number): ClockFault | undefined {
    if (!this.hasReference) return undefined;
    const { offsetMs, at } = this.reference;
    if (offsetMs === undefined || elapsed - at > LOST_AFTER_MS) return { cause: 'REFERENCE_LOST', ms: Math.round(elapsed - at) };
    const ms = Math.round(offsetMs);
    return Math.abs(ms) > TOLERATED_MS ? { cause: 'REFERENCE_DIFFERS', ms } : undefined;
  }
}
