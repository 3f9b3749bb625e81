import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PARTNER_STREAM } from '#kernel';
import { connectStreams, ensurePartnerStream, log, migrate } from '#platform';
import { StartFailure, errorCode, folderFailure, makeFolder, requireFreePort, startNats, startPostgres, writeDurably, type NatsCredentials } from '#testing/servers';
import { contexts } from '../../apps/all/contexts.js';
import { ensureClientKeys } from '../../apps/gateway/clients.js';
import { gatewaySchema } from '../../apps/gateway/schema.js';
import type { EstateAddress } from '../walk/api.js';
import type { StartSettings } from './settings.js';
import { acquireEstateLock, freePort, keepServer, superviseProcess, waitForHttp, type EstateLock, type ProcessEnd, type SupervisedProcess } from './supervise.js';

// The programs that run are the compiled ones, also when this file itself runs from source.
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const dist = import.meta.url.endsWith('.ts') ? join(root, 'dist') : root;
const READY_MS = 120_000;
const BROKEN_AFTER = 3;
/** On a large machine V8 would let garbage lie; with this a process of one context stays under 512 MiB whatever it works on. */
const HEAP_LIMITS = ['--max-old-space-size=320', '--max-semi-space-size=32'];

/** A running estate of this machine. */
export interface Estate {
  readonly address: EstateAddress;
  /** Of the directory. */
  readonly ldapPort: number;
  /** HTTP addresses of the contexts behind the gateway, by name. */
  readonly services: Readonly<Record<string, string>>;
  /** HTTP addresses of all processes of contexts, by the name of the process. */
  readonly replicas: Readonly<Record<string, string>>;
  readonly natsUrl: string;
  /** The administrator's connection string. Secret. */
  readonly adminUrl: string;
  readonly partner: NatsCredentials | undefined;
  readonly processes: readonly SupervisedProcess[];
  /** Private servers that may be killed and come back; empty where servers were given. */
  readonly servers: readonly { readonly name: string; pid(): number }[];
  readonly tookOver: boolean;
  stop(): Promise<void>;
}

/** Tells the person at the terminal what goes on; `phase` wraps one piece of work with its time. */
export interface Progress {
  phase<T>(what: string, work: (note: (text: string) => void) => Promise<T>): Promise<T>;
  ended(end: ProcessEnd): void;
  restarted(server: string, failure?: unknown): void;
}

/** Starts servers, migrates, starts the processes. What was started is stopped again when the rest fails. */
export async function openEstate(settings: StartSettings, progress: Progress): Promise<Estate> {
  const lock = await acquireEstateLock(settings.data);
  const undo: (() => Promise<void>)[] = [() => Promise.resolve(lock.release())];
  const stop = async (): Promise<void> => {
    for (const step of undo.reverse()) await step();
    undo.length = 0;
  };
  try {
    await requireFreePort(settings.httpPort, 'the gateway', 'KIBAN_PORT');
    await requireFreePort(settings.grpcPort, 'the gateway\'s gRPC', 'KIBAN_GRPC_PORT');
    if (settings.ldapPort !== undefined) await requireFreePort(settings.ldapPort, 'the directory', 'KIBAN_LDAP_PORT');
    const servers = await startServers(settings, progress, undo);
    const secret = databaseSecret(settings.data);
    const keys = join(settings.data, 'keys');
    makeFolder(keys);
    await progress.phase('migrating', () => migrate(servers.adminUrl, secret, [...contexts, gatewaySchema]));
    await ensureClientKeys(keys);
    const { processes, services, replicas, ldapPort } = await progress.phase('starting processes', () => startProcesses({ settings, progress, lock, undo, servers, secret, keys }));
    await openToPartners(servers.natsUrl, settings.contexts);
    // Where kibanctl finds the estate of this folder.
    writeDurably(join(settings.data, 'ports.json'), JSON.stringify({ gateway: settings.httpPort, nats: settings.natsPort }));
    const gateway = `http://127.0.0.1:${settings.httpPort}`;
    return {
      address: { gateway, issuer: `${gateway}/oidc`, keys },
      ldapPort,
      services,
      replicas,
      natsUrl: servers.natsUrl,
      adminUrl: servers.adminUrl,
      partner: servers.partner,
      servers: servers.kept,
      processes,
      tookOver: lock.tookOver,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}


/** The streams exist as soon as the processes are ready. */
async function openToPartners(natsUrl: string, names: readonly string[]): Promise<void> {
  const { manager, connection } = await connectStreams(natsUrl, 'kiban start');
  await ensurePartnerStream(manager, names);
  await connection.close();
}

interface Servers {
  readonly adminUrl: string;
  readonly natsUrl: string;
  readonly partner: NatsCredentials | undefined;
  readonly kept: readonly { readonly name: string; pid(): number }[];
}

async function startServers(settings: StartSettings, progress: Progress, undo: (() => Promise<void>)[]): Promise<Servers> {
  const { data: folder, databaseUrl, natsUrl } = settings;
  const kept: { name: string; pid(): number }[] = [];
  let adminUrl = databaseUrl ?? '';
  if (databaseUrl === undefined) {
    const postgres = await progress.phase('starting PostgreSQL', () =>
      keepServer(() => startPostgres({ folder, port: settings.postgresPort }), (failure) => progress.restarted('PostgreSQL', failure)));
    undo.push(() => postgres.stop());
    kept.push({ name: 'postgres', pid: () => postgres.current().pid });
    adminUrl = postgres.current().adminUrl;
  }
  if (natsUrl !== undefined) return { adminUrl, natsUrl, partner: undefined, kept };
  const nats = await progress.phase('starting NATS', (note) =>
    keepServer(() => startNats({ folder, port: settings.natsPort, partnerStreams: [PARTNER_STREAM], progress: note }), (failure) => progress.restarted('NATS', failure)));
  undo.push(() => nats.stop());
  kept.push({ name: 'nats', pid: () => nats.current().pid });
  return { adminUrl, natsUrl: nats.current().url, partner: nats.current().partner, kept };
}

/** The secret from which the passwords of the database roles are derived; made on first use. */
function databaseSecret(data: string): string {
  const file = join(data, 'secrets', 'database.secret');
  try {
    if (existsSync(file)) return readFileSync(file, 'utf8').trim();
    makeFolder(dirname(file));
    const secret = randomBytes(32).toString('base64url');
    writeDurably(file, secret);
    return secret;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw folderFailure(dirname(file), error);
  }
}

interface ProcessInput {
  readonly settings: StartSettings;
  readonly progress: Progress;
  readonly lock: EstateLock;
  readonly undo: (() => Promise<void>)[];
  readonly servers: Servers;
  readonly secret: string;
  readonly keys: string;
}

async function startProcesses(input: ProcessInput): Promise<Pick<Estate, 'processes' | 'services' | 'replicas' | 'ldapPort'>> {
  const { settings, undo } = input;
  const programs = settings.processes === 'all' ? [{ name: 'all', contexts: settings.contexts }] : settings.contexts.map((name) => ({ name, contexts: [name] }));
  const peers: Record<string, { http: string[]; grpc: string }> = {};
  const launches: { name: string; program: string; http: number; grpc: number }[] = [];
  for (const program of programs) {
    for (let replica = 1; replica <= (settings.processes === 'each' ? settings.replicas : 1); replica += 1) {
      const [http, grpc] = [await freePort(), await freePort()];
      launches.push({ name: replica === 1 ? program.name : `${program.name}-${replica}`, program: program.name, http, grpc });
    }
    const own = launches.filter((launch) => launch.program === program.name);
    for (const context of program.contexts) peers[context] = { http: own.map(({ http }) => `http://127.0.0.1:${http}`), grpc: `ipv4:${own.map(({ grpc }) => `127.0.0.1:${grpc}`).join()}` };
  }
  const common = environment(input, peers);
  const processes = launches.map(({ name, program, http, grpc }) =>
    launch(input, name, program, { ...common, OTEL_SERVICE_NAME: name, KIBAN_HTTP_PORT: String(http), KIBAN_CONTEXT_GRPC_PORT: String(grpc) }));
  processes.push(launch(input, 'gateway', 'gateway', { ...common, OTEL_SERVICE_NAME: 'gateway', KIBAN_PORT: String(settings.httpPort), KIBAN_GRPC_PORT: String(settings.grpcPort) }));
  const [ldapPort, ownHttp] = [settings.ldapPort ?? (await freePort()), await freePort()];
  processes.push(launch(input, 'directory', 'directory', { ...common, OTEL_SERVICE_NAME: 'directory', KIBAN_GATEWAY_URL: `http://127.0.0.1:${settings.httpPort}`, KIBAN_LDAP_PORT: String(ldapPort), KIBAN_HTTP_PORT: String(ownHttp) }));
  // The doors close first, then the contexts finish what they took.
  undo.push(...[...processes].map((process) => () => process.stop()));
  const ready = new AbortController();
  const up = Promise.all([waitForHttp(`http://127.0.0.1:${settings.httpPort}/health/ready`, READY_MS), waitForHttp(`http://127.0.0.1:${ownHttp}/health/live`, READY_MS)]).finally(() => ready.abort());
  await Promise.race([up, brokenStart(processes, ready.signal)]);
  const services = Object.fromEntries(Object.entries(peers).map(([name, { http }]) => [name, http[0] ?? '']));
  return { processes, services, ldapPort, replicas: Object.fromEntries(launches.map(({ name, http }) => [name, `http://127.0.0.1:${http}`])) };
}

/** A process that cannot start at all is told at once, with the last line it wrote. */
async function brokenStart(processes: readonly SupervisedProcess[], ready: AbortSignal): Promise<void> {
  while (!ready.aborted) {
    await setTimeout(500);
    const broken = processes.find((process) => process.restarts() >= BROKEN_AFTER);
    if (broken === undefined) continue;
    if (!ready.aborted) throw new StartFailure(`The process ${broken.name} cannot start: ${broken.lastWords() ?? 'it was killed'} (see ${broken.logFile}).`);
  }
}

function environment({ settings, servers, secret, keys }: ProcessInput, peers: object): Record<string, string> {
  const database = new URL(servers.adminUrl);
  return {
    KIBAN_ENVIRONMENT: 'embedded',
    KIBAN_DATABASE: `${database.hostname}:${database.port === '' ? '5432' : database.port}${database.pathname}`,
    KIBAN_DATABASE_SECRET: secret,
    NATS_URL: servers.natsUrl,
    KIBAN_ISSUER: `http://127.0.0.1:${settings.httpPort}/oidc`,
    KIBAN_KEYS: keys,
    KIBAN_PEERS: JSON.stringify(peers),
    KIBAN_TRACE_FILE: join(settings.data, 'log', 'traces.jsonl'),
    DATABASE_URL: '',
  };
}

function launch({ settings, progress, lock }: ProcessInput, name: string, program: string, env: Record<string, string>): SupervisedProcess {
  return superviseProcess({
    name,
    args: ['--enable-source-maps', ...(program === 'all' ? [] : HEAP_LIMITS), join(dist, 'apps', program, 'main.js')],
    env,
    logFile: join(settings.data, 'log', `${name}.log`),
    onStart: (child) => lock.recordChild(name, child),
    onExit: (end) => {
      if (end.restartInMs !== undefined) progress.ended(end);
      if (end.isCrashLoop) log.error('a process keeps ending', { code: 'CRASH_LOOP', context: end.name });
    },
  });
}
