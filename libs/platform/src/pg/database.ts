import { createHmac } from 'node:crypto';
import pg from 'pg';
import type { DatabaseConfig } from '../config/config.js';
import { Db } from './db.js';

const RETRYABLE = new Set(['40001', '40P01']);
const TRIES = 4;

/** The three roles of a context: owner (migrations), app (no DDL, journals append-only), reader. */
export type DatabaseRole = 'owner' | 'app' | 'reader';

/** `juki-net` owns schema `juki_net`. */
export function schemaOf(context: string): string {
  return context.replaceAll('-', '_');
}

export function roleOf(context: string, role: DatabaseRole): string {
  return `kiban_${schemaOf(context)}_${role}`;
}

/** Passwords of the roles are derived from one secret, so that no list of passwords has to be kept. */
export function rolePassword(secret: string, role: string): string {
  return createHmac('sha256', secret).update(`kiban-role:${role}`).digest('base64url');
}

/** The database of one context, connected as its app role with its own schema first in the path. */
export class Database {
  readonly pool: pg.Pool;
  readonly db: Db;
  private beside: Database | undefined;

  constructor(private readonly config: DatabaseConfig, private readonly context: string, private readonly options: { role?: DatabaseRole; connections?: number } = {}) {
    const user = roleOf(context, options.role ?? 'app');
    this.pool = new pg.Pool({
      host: config.host, port: config.port, database: config.name, user, password: rolePassword(config.secret, user),
      max: options.connections ?? config.connections,
      application_name: `kiban ${context}`,
      options: sessionSettings({
        search_path: schemaOf(context),
        // Statements are prepared and their tables partitioned by hash: planning each call anew costs more than the call itself.
        plan_cache_mode: 'force_generic_plan',
        // The disks are solid-state: at the default of 4 the planner reads whole partitions where a few index look-ups would do.
        random_page_cost: '1.1',
        // Many callers share the cores; one statement must not take several, nor wait for workers to start.
        max_parallel_workers_per_gather: '0',
        lock_timeout: '30s', idle_in_transaction_session_timeout: '60s',
      }),
      connectionTimeoutMillis: 10_000,
      // A new connection costs a key derivation, a server process and the plans of all statements: one that is idle is worth keeping.
      idleTimeoutMillis: 600_000,
      keepAlive: true,
    });
    // A connection that dies while idle is replaced at the next use; without a listener it would end the process.
    this.pool.on('error', () => undefined);
    this.db = new Db(this.pool);
  }

  /** One connection more, made when it is first asked, for what transactions must have on record whatever becomes of them: who holds the last one of `pool` does not wait for itself. */
  get aside(): Db {
    return (this.beside ??= new Database(this.config, this.context, { ...this.options, connections: 1 })).db;
  }

  /** Runs `work` in one transaction; deadlocks and serialisation failures are retried, so `work` must have no effect outside. */
  async transaction<T>(work: (db: Db) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(work);
      } catch (error) {
        if (attempt >= TRIES || !isRetryable(error)) throw error;
      }
    }
  }

  private async attempt<T>(work: (db: Db) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    // Between check-out and release the pool does not listen for errors of the connection.
    const ignore = (): void => undefined;
    client.on('error', ignore);
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const result = await work(new Db(client));
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((fault: unknown) => {
        broken = fault instanceof Error ? fault : new Error('rollback failed');
      });
      throw error;
    } finally {
      client.off('error', ignore);
      client.release(broken);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.pool.end(), this.beside?.close()]);
  }
}

function sessionSettings(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`).join(' ');
}

function isRetryable(error: unknown): boolean {
  return sqlState(error) !== undefined && RETRYABLE.has(sqlState(error) ?? '');
}

/** The SQLSTATE of a database error, if it is one. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}
