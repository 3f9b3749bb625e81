import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { CommandFault } from './command-fault.js';
import type { GatewayClient } from './gateway-client.js';
import type { Terminal } from './terminal.js';

const LOOK_EVERY_MS = 500;
/** The pace is that of so many last readings. */
const READINGS = 20;
const BAR_CELLS = 20;
/** A process that was killed, or a database, is back by then. */
const AWAY_MS = 60_000;

const jobView = z.object({ state: z.enum(['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED']), done: z.number(), total: z.number().nullable(), result: z.unknown(), fault: z.string().nullable() });
export type FollowedJob = z.output<typeof jobView>;

export interface Followed {
  /** `/api/<context>/v1` */
  readonly base: string;
  readonly jobId: string;
  readonly unit?: string | undefined;
  readonly purpose?: string | undefined;
}

/** Waits for the end of a job, with a bar, the pace and the time that is left; who is away for a minute is asked again, since the work goes on by itself. */
export async function untilEnded(terminal: Pick<Terminal, 'progress'>, client: Pick<GatewayClient, 'ask'>, { base, jobId, unit, purpose }: Followed): Promise<FollowedJob> {
  const pace = new Pace();
  for (let heardAt = performance.now(); ; await setTimeout(LOOK_EVERY_MS)) {
    try {
      const job = jobView.parse(await client.ask('GET', `${base}/jobs/${encodeURIComponent(jobId)}`, { purpose }));
      heardAt = performance.now();
      terminal.progress(progressLine(job, pace.after(heardAt / 1000, job.done), unit));
      if (job.state !== 'QUEUED' && job.state !== 'RUNNING') return job;
    } catch (error) {
      if (!isAway(error) || performance.now() - heardAt > AWAY_MS) throw error;
      terminal.progress('away, asked again');
    }
  }
}

function isAway(error: unknown): boolean {
  return error instanceof CommandFault && error.exitCode === 3;
}

/** A job that did not succeed ends the command with code 1. */
export function requireSuccess({ state, fault }: Pick<FollowedJob, 'state' | 'fault'>, what: string): void {
  if (state !== 'SUCCEEDED') throw new CommandFault(1, `${what} ended as ${state}${fault === null ? '' : `: ${fault}`}.`);
}

/** The pace of a count from successive readings: what was done before the first one says nothing of it. */
export class Pace {
  private readonly readings: { readonly seconds: number; readonly done: number }[] = [];

  /** Per second, after one more reading; 0 while it cannot be told. */
  after(seconds: number, done: number): number {
    this.readings.push({ seconds, done });
    if (this.readings.length > READINGS) this.readings.shift();
    const first = this.readings[0];
    return first === undefined || seconds <= first.seconds ? 0 : Math.max(done - first.done, 0) / (seconds - first.seconds);
  }
}

/** `[########------------] running: 4000 of 10000 rows (40 %), 3200 rows/s, 2 s left` */
export function progressLine({ state, done, total }: Pick<FollowedJob, 'state' | 'done' | 'total'>, rate: number, unit = ''): string {
  const rows = unit === '' ? '' : ` ${unit}`;
  const share = total === null || total === 0 ? undefined : Math.min(done / total, 1);
  const bar = share === undefined ? '' : `[${'#'.repeat(Math.floor(share * BAR_CELLS)).padEnd(BAR_CELLS, '-')}] `;
  const percent = share === undefined ? '' : ` (${Math.floor(share * 100)} %)`;
  const left = total === null || rate === 0 || state !== 'RUNNING' ? '' : `, ${Math.ceil(Math.max(total - done, 0) / rate)} s left`;
  return `${bar}${state.toLowerCase()}: ${done}${total === null ? '' : ` of ${total}`}${rows}${percent}, ${Number(rate.toPrecision(3))}${rows}/s${left}`;
}
