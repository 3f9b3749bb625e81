import { z } from 'zod';
import type { Database } from '#platform';

const KEPT_MS = 500;
const ANSWER_MS = 3_000;
const line = z.tuple([z.string(), z.enum(['ready', 'not ready'])]);

/** Whether each context, and the gateway's own database, can serve; looked up at most twice a second. */
export class Readiness {
  private last: { readonly at: number; readonly states: Promise<ReadonlyMap<string, boolean>> } | undefined;

  constructor(
    private readonly upstreams: ReadonlyMap<string, string>,
    private readonly database: Database,
  ) {}

  /** Contexts in the order of the settings, then `gateway`. */
  states(): Promise<ReadonlyMap<string, boolean>> {
    const now = performance.now();
    if (this.last === undefined || now - this.last.at > KEPT_MS) this.last = { at: now, states: this.look() };
    return this.last.states;
  }

  private async look(): Promise<ReadonlyMap<string, boolean>> {
    const addresses = [...new Set(this.upstreams.values())];
    const [own, ...reports] = await Promise.all([
      this.database.db.one('SELECT 1 AS up').then(() => true, () => false),
      ...addresses.map(async (address) => [address, await reportOf(address)] as const),
    ]);
    const byAddress = new Map(reports);
    const contexts = [...this.upstreams].map(([context, address]) => [context, byAddress.get(address)?.get(context) ?? false] as const);
    return new Map([...contexts, ['gateway', own]]);
  }
}

/** What a process says of the contexts in it; nothing when it cannot be reached. */
async function reportOf(address: string): Promise<ReadonlyMap<string, boolean>> {
  try {
    const response = await fetch(`${address}/health/ready`, { signal: AbortSignal.timeout(ANSWER_MS) });
    const lines = (await response.text()).split('\n').filter((text) => text !== '');
    return new Map(lines.map((text) => {
      const [context, state] = line.parse(text.split(/ (.*)/, 2));
      return [context, state === 'ready'];
    }));
  } catch {
    return new Map();
  }
}
