import { z } from 'zod';
import type { Database } from '#platform';

const KEPT_MS = 500;
const ANSWER_MS = 3_000;
const line = z.tuple([z.string(), z.enum(['ready', 'not ready'])]);

/** Whether each context (by one of its processes at least), and the gateway's own database, can serve; looked up at most twice a second. */
export class Readiness {
  private last: { readonly at: number; readonly states: Promise<ReadonlyMap<string, boolean>> } | undefined;

  constructor(
    private readonly upstreams: ReadonlyMap<string, readonly string[]>,
    private readonly database: Database,
  ) {}

  /** Contexts in the order of the settings, then `gateway`. */
  states(): Promise<ReadonlyMap<string, boolean>> {
    const now = performance.now();
    if (this.last === undefined || now - this.last.at > KEPT_MS) this.last = { at: now, states: this.look() };
    return this.last.states;
  }

  private async look(): Promise<ReadonlyMap<string, boolean>> {
    const addresses = [...new Set([...this.upstreams.values()].flat())];
    const [own, ...reports] = await Promise.all([
      this.database.db.one('SELECT 1 AS up').then(() => true, () => false),
      ...addresses.map(async (address) => [address, await reportOf(address, ANSWER_MS)] as const),
    ]);
    const byAddress = new Map(reports);
    const contexts = [...this.upstreams].map(([context, bases]) => [context, bases.some((address) => byAddress.get(address)?.get(context) === true)] as const);
    return new Map([...contexts, ['gateway', own]]);
  }
}

/** What a process says of the contexts in it; nothing when it cannot be reached, or does not answer in so many milliseconds. */
export async function reportOf(address: string, milliseconds: number): Promise<ReadonlyMap<string, boolean>> {
  try {
    const response = await fetch(`${address}/health/ready`, { signal: AbortSignal.timeout(milliseconds) });
    const lines = (await response.text()).split('\n').filter((text) => text !== '');
    return new Map(lines.map((text) => {
      const [context, state] = line.parse(text.split(/ (.*)/, 2));
      return [context, state === 'ready'];
    }));
  } catch {
    return new Map();
  }
}
