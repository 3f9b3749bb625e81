import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Estate } from '../../tools/start/estate.js';
import { Api } from '../../tools/walk/api.js';
import { seeded } from './campaign.js';
import { type Finding, inspect } from './checks.js';
import { inspectDepth, STATES, statesOf } from './depth-checks.js';
import { DepthRound, prepareGround } from './depth-work.js';

export interface DepthOptions {
  readonly rounds: number;
  /** Residents of a round. */
  readonly size: number;
  readonly killsARound: number;
  readonly seed: number;
  readonly say: (text: string) => void;
}

export interface DepthResult {
  readonly rounds: number;
  readonly kills: Readonly<Record<string, number>>;
  /** Kills by the state that a work was in. */
  readonly killsIn: Readonly<Record<string, number>>;
  readonly statesNeverHit: readonly string[];
  readonly failedRounds: readonly string[];
  readonly findings: readonly Finding[];
}

const LOOK_EVERY_MS = 25;
/** Between kills there is time to get somewhere; a state that no kill has met is met sooner. */
const PAUSE_MS = { seen: 15_000, unseen: 1_500 };
/** Share of the kills that may fall where others have fallen. */
const ANYWHERE = 0.25;

/** Rounds of long works; in each, processes and servers are killed with SIGKILL, first of all where no kill has fallen yet. Each ends with all checks. */
export async function depthCampaign(estate: Estate, options: DepthOptions): Promise<DepthResult> {
  const random = seeded(options.seed);
  const api = new Api(estate.address);
  const pool = new pg.Pool({ connectionString: estate.adminUrl, max: 2 });
  pool.on('error', () => undefined);
  const killer = new Killer(estate, pool, random);
  const failedRounds: string[] = [];
  const findings: Finding[] = [];
  try {
    const ground = await prepareGround(api, options.size * options.rounds);
    for (let round = 1; round <= options.rounds; round += 1) {
      const started = performance.now();
      const over = new AbortController();
      const killing = killer.round(options.killsARound, over.signal);
      const trace = await new DepthRound(api, ground, { round, size: options.size, random }).run().catch((error: unknown) => {
        const failure = `round ${round}: ${error instanceof Error ? error.message : 'unknown fault'}`;
        failedRounds.push(failure);
        options.say(failure);
        return undefined;
      });
      over.abort();
      await killing;
      findings.push(...(await inspectDepth(pool, trace, options.size)), ...(await inspect(estate)));
      const met = STATES.length - killer.unmet().length;
      options.say(`round ${round} of ${options.rounds}: ${Math.round(performance.now() - started)} ms, kills so far ${killer.total()}, states met ${met} of ${STATES.length}, ${trace === undefined ? 'FAILED' : 'done'}`);
      if (trace === undefined || findings.length > 0) break;
    }
    return { rounds: options.rounds, kills: killer.kills, killsIn: killer.killsIn, statesNeverHit: killer.unmet(), failedRounds, findings };
  } finally {
    await pool.end();
  }
}

class Killer {
  readonly kills: Record<string, number> = {};
  readonly killsIn: Record<string, number> = {};

  constructor(private readonly estate: Estate, private readonly pool: pg.Pool, private readonly random: () => number) {}

  total(): number {
    return Object.values(this.kills).reduce((sum, kills) => sum + kills, 0);
  }

  unmet(): string[] {
    return STATES.filter((state) => this.killsIn[state] === undefined);
  }

  /** Kills only what has come up again, however slow the machine, so that works get on between the kills; now and then two at once. */
  async round(kills: number, over: AbortSignal): Promise<void> {
    let last = performance.now();
    let anywhere = Math.ceil(kills * ANYWHERE);
    for (let left = kills; left > 0 && !over.aborted; await sleep(LOOK_EVERY_MS)) {
      if (performance.now() - last < PAUSE_MS.unseen || !(await this.isUp())) continue;
      const states = await statesOf(this.pool).catch((): string[] => []);
      const isUnmet = states.some((state) => this.killsIn[state] === undefined);
      if (over.aborted || (!isUnmet && (anywhere === 0 || performance.now() - last < PAUSE_MS.seen))) continue;
      if (!isUnmet) anywhere -= 1;
      for (let at = 0; at < (this.random() < 0.2 ? 2 : 1); at += 1) left -= this.kill(states) ? 1 : 0;
      last = performance.now();
    }
  }

  private async isUp(): Promise<boolean> {
    const answer = await fetch(`${this.estate.address.gateway}/health/ready`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    return answer?.ok === true;
  }

  private kill(states: readonly string[]): boolean {
    const targets = [...this.estate.processes.filter(({ name }) => name !== 'directory').map((process) => ({ name: process.name, pid: () => process.pid() })), ...this.estate.servers];
    const target = targets[Math.floor(this.random() * targets.length)];
    const pid = target?.pid();
    if (target === undefined || pid === undefined) return false;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It had ended in the meantime.
      return false;
    }
    this.kills[target.name] = (this.kills[target.name] ?? 0) + 1;
    for (const state of states) this.killsIn[state] = (this.killsIn[state] ?? 0) + 1;
    return true;
  }
}
