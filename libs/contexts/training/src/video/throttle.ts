import { setTimeout } from 'node:timers/promises';

/** Of a clock that only runs forward, and of waiting by it. */
export interface Pace {
  readonly nowMs: () => number;
  readonly wait: (ms: number) => Promise<unknown>;
}

/** Lets each body have so many octets a second for all its viewers together, in one process (TRN-4.8: LGWAN is shared with its other work). */
export class BodyThrottle {
  /** When the line of a body is free again. */
  private readonly free = new Map<string, number>();

  constructor(
    private readonly kbps: number,
    private readonly pace: Pace = { nowMs: () => performance.now(), wait: (ms) => setTimeout(ms) },
  ) {}

  async *through(body: string, octets: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of octets) {
      const now = this.pace.nowMs();
      const start = Math.max(now, this.free.get(body) ?? 0);
      this.free.set(body, start + (chunk.length * 8) / this.kbps);
      if (start > now) await this.pace.wait(start - now);
      yield chunk;
    }
  }
}
