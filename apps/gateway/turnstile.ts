import { Counter } from 'prom-client';
import { PRIORITIES, platformProblems, registry, type Priority } from '#platform';

/** Of the places, how many each class may fill together with those before it: what is left is for those who go first. */
const SHARES: Readonly<Record<Priority, number>> = { STOP: 1, HANDOVER: 0.9, PRESET: 0.75, ORDINARY: 0.6, REPORT: 0.4 };
/** Who cannot be let in within this time is told so, and comes again; a stop order waits, it is never told to. */
const PATIENCE_MS = 150;
const STOP_PATIENCE_MS = 30_000;

const shed = new Counter({ name: 'kiban_gateway_shed_total', help: 'Requests that were told to come again because a context was full', labelNames: ['context', 'priority'] as const, registers: [registry] });

interface Waiting {
  readonly enter: () => void;
  readonly turnAway: () => void;
}

/** Lets so many requests into a context at once, in the order of their priority; as many may wait, the rest is told at once to come again. Each replica of the gateway counts for itself. */
export class Turnstile {
  private busy = 0;
  private readonly queues: Readonly<Record<Priority, Waiting[]>> = { STOP: [], HANDOVER: [], PRESET: [], ORDINARY: [], REPORT: [] };

  constructor(private readonly parts: { readonly context: string; readonly places: number }) {}

  /** Gives what is to be called when the request is over. Refuses UNAVAILABLE: the lower classes first, everybody but stop orders within 200 ms. */
  async enter(priority: Priority): Promise<() => void> {
    if (this.nobodyBefore(priority) && this.hasRoom(priority)) this.busy += 1;
    else await this.wait(priority);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.busy -= 1;
      this.letIn();
    };
  }

  private wait(priority: Priority): Promise<void> {
    if (this.waiting() >= this.parts.places && !this.makeRoom(priority)) return Promise.reject(this.refusal(priority));
    return new Promise((resolve, reject) => {
      const queue = this.queues[priority];
      const leave = (then: () => void): void => {
        clearTimeout(timer);
        const at = queue.indexOf(one);
        if (at >= 0) queue.splice(at, 1);
        then();
      };
      const one: Waiting = { enter: () => leave(resolve), turnAway: () => leave(() => reject(this.refusal(priority))) };
      const timer = setTimeout(one.turnAway, priority === 'STOP' ? STOP_PATIENCE_MS : PATIENCE_MS);
      queue.push(one);
    });
  }

  /** Turns away the last one of the lowest class below; false where there is none. */
  private makeRoom(priority: Priority): boolean {
    const lowest = PRIORITIES.slice(PRIORITIES.indexOf(priority) + 1).findLast((lower) => this.queues[lower].length > 0);
    const last = lowest === undefined ? undefined : this.queues[lowest].at(-1);
    last?.turnAway();
    return last !== undefined;
  }

  private letIn(): void {
    for (const priority of PRIORITIES) {
      while (this.queues[priority].length > 0 && this.hasRoom(priority)) {
        this.busy += 1;
        this.queues[priority][0]?.enter();
      }
    }
  }

  private hasRoom(priority: Priority): boolean {
    return this.busy < Math.max(1, Math.floor(this.parts.places * SHARES[priority]));
  }

  private nobodyBefore(priority: Priority): boolean {
    return PRIORITIES.slice(0, PRIORITIES.indexOf(priority) + 1).every((before) => this.queues[before].length === 0);
  }

  private waiting(): number {
    return PRIORITIES.reduce((sum, priority) => sum + this.queues[priority].length, 0);
  }

  private refusal(priority: Priority): Error {
    shed.inc({ context: this.parts.context, priority });
    return platformProblems.refuse('UNAVAILABLE', { facts: { cause: 'FULL' } });
  }
}
