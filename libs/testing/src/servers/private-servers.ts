import { spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeFolder } from './data-folder.js';
import { startNats } from './nats.js';
import type { NatsCredentials, NatsServer } from './nats.js';
import { freePort } from './ports.js';
import { startPostgres } from './postgres.js';
import type { PostgresServer } from './postgres.js';
import { ownerLives, settlePredecessor } from './private-server.js';
import { identify } from './process-id.js';

/** Both private servers of one data folder. */
export interface PrivateServers {
  readonly postgres: PostgresServer;
  readonly nats: NatsServer;
  /** Stops both, NATS last. */
  stop(): Promise<void>;
}

/** What an estate talks to, private or given. */
export interface EstateServers {
  /** The superuser's connection string of the database. Secret. */
  readonly adminUrl: string;
  readonly natsUrl: string;
  /** Absent when NATS_URL names a server: its users are made by whoever runs it. */
  readonly partner?: NatsCredentials;
  readonly postgres?: PostgresServer;
  readonly nats?: NatsServer;
  stop(): Promise<void>;
}

/** Ports and folder of an estate's servers; a URL uses a server that exists instead of a private one. */
export interface EstateServersOptions {
  readonly folder: string;
  readonly postgresPort: number;
  readonly natsPort: number;
  readonly databaseUrl?: string | undefined;
  readonly natsUrl?: string | undefined;
  readonly syncInterval?: string;
  /** The streams that the partner's user may read; default all. */
  readonly partnerStreams?: readonly string[];
  readonly progress?: (text: string) => void;
}

/** Opens the servers of an estate; starts what is not given. What was started is stopped again when the rest fails. */
export async function openEstateServers(options: EstateServersOptions): Promise<EstateServers> {
  const { folder, databaseUrl, natsUrl, postgresPort, natsPort, ...forNats } = options;
  const postgres = databaseUrl === undefined ? await startPostgres({ folder, port: postgresPort }) : undefined;
  try {
    const nats = natsUrl === undefined ? await startNats({ folder, port: natsPort, ...forNats }) : undefined;
    return {
      adminUrl: databaseUrl ?? postgres?.adminUrl ?? '',
      natsUrl: natsUrl ?? nats?.url ?? '',
      ...(nats === undefined ? {} : { nats, partner: nats.partner }),
      ...(postgres === undefined ? {} : { postgres }),
      stop: async () => {
        await postgres?.stop();
        await nats?.stop();
      },
    };
  } catch (error) {
    await postgres?.stop();
    throw error;
  }
}

/**
 * Starts private servers on random free ports for tests, without fsync unless asked. `throwaway` deletes the folder at the end and hands
 * both to a watcher that ends and deletes them even when this process is killed.
 */
export async function startPrivateServers(options: {
  folder: string;
  fsync?: boolean;
  testAccounts?: number;
  throwaway?: boolean;
}): Promise<PrivateServers> {
  const folder = resolve(options.folder);
  const tools = resolve(process.env['KIBAN_DATA'] ?? '.kiban', 'tools');
  const postgres = await startPostgres({ folder, port: await freePort(), fsync: options.fsync ?? false });
  try {
    const nats = await startNats({ folder, port: await freePort(), tools, testAccounts: options.testAccounts ?? 0 });
    const dismiss = options.throwaway === true ? watchOver(folder, [postgres.pid, nats.pid]) : () => undefined;
    const stop = async (): Promise<void> => {
      await postgres.stop();
      await nats.stop();
      dismiss();
      if (options.throwaway === true) rmSync(folder, { recursive: true, force: true });
    };
    return { postgres, nats, stop };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

/** Ends and deletes what test runs that were killed left under the folder (`<pid>-<name>`); those of living processes stay. */
export async function sweepAbandoned(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const run = join(folder, name);
    if (!isAbandoned(run, name)) continue;
    for (const server of ['postgres', 'nats']) await settlePredecessor(run, server, [{ signal: 'SIGINT', waitMs: 5_000 }]);
    rmSync(run, { recursive: true, force: true });
  }
}

function isAbandoned(run: string, name: string): boolean {
  return !ownerLives(run, 'postgres') && !ownerLives(run, 'nats') && identify(Number(name.split('-')[0])) === undefined;
}

// The watcher reads a pipe that nobody writes to: it comes to its end when this process does, however that happens.
function watchOver(folder: string, pids: readonly number[]): () => void {
  makeFolder(folder);
  const script =
    'cat > /dev/null; folder=$1; shift; kill -QUIT "$@" 2> /dev/null; sleep 1; kill -KILL "$@" 2> /dev/null; rm -rf -- "$folder"';
  const watcher = spawn('sh', ['-c', script, 'sh', folder, ...pids.map(String)], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  watcher.unref();
  return () => {
    if (watcher.pid !== undefined) process.kill(-watcher.pid, 'SIGKILL');
  };
}
