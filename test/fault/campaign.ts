import { setTimeout as sleep } from 'node:timers/promises';
import type { Estate } from '../../tools/start/estate.js';
import { Api } from '../../tools/walk/api.js';
import { walk } from '../../tools/walk/walk.js';
import { inspect, type Finding } from './checks.js';

export interface CampaignOptions {
  readonly walks: number;
  readonly seed: number;
  readonly say: (text: string) => void;
}

export interface CampaignResult {
  readonly walks: number;
  readonly kills: Readonly<Record<string, number>>;
  readonly failedWalks: readonly string[];
  readonly findings: readonly Finding[];
}

/** About as long as a walk without faults. */
const LONGEST_WAIT_MS = 3_000;

/** A small seeded generator (mulberry32), so that a campaign can be repeated with the same choices. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Walks one after the other; in each, one or two processes or servers are killed with SIGKILL at random moments. Then looks for harm. */
export async function campaign(estate: Estate, options: CampaignOptions): Promise<CampaignResult> {
  const random = seeded(options.seed);
  const kills: Record<string, number> = {};
  const failedWalks: string[] = [];
  for (let number = 1; number <= options.walks; number += 1) {
    const started = performance.now();
    const over = new AbortController();
    const killing = killAtRandom(estate, { random, kills, over: over.signal });
    await walk(new Api(estate.address), {}, () => undefined).catch((error: unknown) => {
      const failure = `walk ${number}: ${error instanceof Error ? error.message : 'unknown fault'}`;
      failedWalks.push(failure);
      options.say(failure);
    });
    over.abort();
    await killing;
    const total = Object.values(kills).reduce((sum, n) => sum + n, 0);
    options.say(`walk ${number} of ${options.walks}: ${Math.round(performance.now() - started)} ms, kills so far ${total}, failed so far ${failedWalks.length}`);
  }
  await sleep(2_000);
  return { walks: options.walks, kills, failedWalks, findings: await inspect(estate) };
}

interface Killing {
  readonly random: () => number;
  readonly kills: Record<string, number>;
  readonly over: AbortSignal;
}

async function killAtRandom(estate: Estate, { random, kills, over }: Killing): Promise<void> {
  const targets = [...estate.processes.filter(({ name }) => name !== 'directory').map((process) => ({ name: process.name, pid: () => process.pid() })), ...estate.servers];
  const times = 1 + Math.floor(random() * 2);
  for (let time = 0; time < times; time += 1) {
    const target = targets[Math.floor(random() * targets.length)];
    await sleep(random() * LONGEST_WAIT_MS, undefined, { signal: over }).catch(() => undefined);
    const pid = target?.pid();
    if (over.aborted || target === undefined || pid === undefined) continue;
    try {
      process.kill(pid, 'SIGKILL');
      kills[target.name] = (kills[target.name] ?? 0) + 1;
    } catch {
      // It had ended in the meantime.
    }
  }
}
