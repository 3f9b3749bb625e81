import { setTimeout } from 'node:timers/promises';
import { Pool } from 'undici';
import { log } from '#platform';
import { reportOf } from '../readiness.js';

/** With two silences a process that hangs is left after six seconds at the most (CARD-4.12 Q2: ten). */
const [EVERY_MS, ANSWER_MS, MOST_SILENCES] = [1_000, 2_000, 2] as const;
/** An answer within this time, from its request on. */
const [CONNECT_MS, UPSTREAM_MS] = [2_000, 60_000] as const;
/** The process never saw the request. */
const UNSEEN: ReadonlySet<string> = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

interface Replica {
  readonly base: string;
  pool: Pool;
  isIn: boolean;
  silences: number;
}

/**
 * The processes of a context, which take turns (CARD-4.12 Q1). Where there are several, each is asked every second whether it is ready, which takes
 * it to its database and keys: one that is not, or cannot be reached, is passed over until it is; one that accepts and does not answer is left, with
 * what waits for it, so that its callers come again. Where none is ready all are tried: a fault that all have does not close the door.
 */
export class Replicas {
  private readonly all: readonly Replica[];
  private readonly stopping = new AbortController();
  private turn = 0;

  constructor(
    private readonly context: string,
    bases: readonly string[],
  ) {
    this.all = bases.map((base) => ({ base, pool: poolOf(base), isIn: true, silences: 0 }));
    if (this.areSeveral) void this.watch();
  }

  get areSeveral(): boolean {
    return this.all.length > 1;
  }

  next(): Pool {
    const ready = this.all.filter(({ isIn }) => isIn);
    const replicas = ready.length > 0 ? ready : this.all;
    this.turn += 1;
    const replica = replicas[this.turn % replicas.length];
    if (replica === undefined) throw new Error('a context without an address');
    return replica.pool;
  }

  /** Whether a request that failed was never seen: then others come first, and it may go to one of them. */
  wasUnseen(pool: Pool, error: unknown): boolean {
    if (!(error instanceof Error && 'code' in error && UNSEEN.has(String(error.code)))) return false;
    const replica = this.all.find((one) => one.pool === pool);
    if (replica !== undefined) this.pass(replica, 'NOT_REACHED');
    return this.areSeveral;
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.all.map(({ pool }) => pool.destroy()));
  }

  private async watch(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await Promise.all(this.all.map((replica) => this.look(replica)));
      await setTimeout(EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async look(replica: Replica): Promise<void> {
    const isReady = (await reportOf(replica.base, ANSWER_MS)).get(this.context);
    if (this.stopping.signal.aborted) return;
    replica.silences = isReady === undefined ? replica.silences + 1 : 0;
    if (isReady === true && !replica.isIn) log.info('a process is back', { context: this.context, address: replica.base });
    if (isReady === true) replica.isIn = true;
    else if (isReady === false) this.pass(replica, 'NOT_READY');
    else if (replica.silences === MOST_SILENCES) await this.leave(replica);
  }

  private pass(replica: Replica, code: string): void {
    if (replica.isIn && this.areSeveral) log.warn('a process is passed over', { context: this.context, address: replica.base, code });
    replica.isIn = false;
  }

  /** Where all are slow, as on a machine with too much to do, nothing under way is cut off. */
  private async leave(replica: Replica): Promise<void> {
    this.pass(replica, 'NO_ANSWER');
    if (!this.all.some(({ isIn, silences }) => isIn && silences === 0)) return;
    const { pool } = replica;
    replica.pool = poolOf(replica.base);
    await pool.destroy();
  }
}

function poolOf(base: string): Pool {
  return new Pool(base, { connections: 256, pipelining: 1, keepAliveTimeout: 60_000, connectTimeout: CONNECT_MS, headersTimeout: UPSTREAM_MS, bodyTimeout: UPSTREAM_MS });
}
