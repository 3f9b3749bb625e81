import type { FastifyInstance } from 'fastify';
import type { Server } from '@grpc/grpc-js';
import { setMaxListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { Actor } from './access/actor.js';
import { PolicyTable } from './access/policy.js';
import { ClientCredentials, type TokenSource } from './access/service-token.js';
import { TokenVerifier } from './access/token-verifier.js';
import { SEAL_CHUNK, countUnsealed, sealAuditLines } from './audit/audit-chain.js';
import { systemClock, type Clock } from './clock.js';
import { readConfig, type Config } from './config/config.js';
import type { ContextModule, ContextParts } from './context-module.js';
import { FieldCipher } from './crypto/field-cipher.js';
import type { KeyStore } from './crypto/key-store.js';
import { masterKey } from './crypto/master-key.js';
import { requireOwnMasterKey } from './crypto/own-master-key.js';
import { Pkcs11KeyStore } from './crypto/pkcs11-key-store.js';
import { SoftwareKeyStore } from './crypto/software-key-store.js';
import { EventConsumer } from './events/consumer.js';
import { streamMarks } from './events/marks.js';
import { countWaiting, relayOutbox, type RelayProbe } from './events/relay.js';
import { Wake } from './events/wake.js';
import { connectStreams, ensureStreams, type Streams } from './events/stream.js';
import { Peers } from './grpc/peers.js';
import { grpcServer, listenGrpc } from './grpc/server.js';
import { httpServer } from './http/server.js';
import { recentCursors, scheduled } from './job/schedule.js';
import { JobWorker } from './job/worker.js';
import { operationPolicy, operationRoutes } from './operation/operation-routes.js';
import { Database } from './pg/database.js';
import { runProcess } from './process.js';
import { log } from './telemetry/log.js';
import { auditUnsealed, outboxWaiting } from './telemetry/metrics.js';
import { startTracing } from './telemetry/trace.js';
import type { OwnCall } from './use-case/call.js';
import { Runner } from './use-case/runner.js';

/** What tests may put in the place of the real parts. */
export interface StartOverrides {
  readonly clock?: Clock;
  readonly verifier?: TokenVerifier;
  readonly tokens?: (clientId: string) => TokenSource;
  readonly relayProbe?: RelayProbe;
  readonly consumerProbe?: () => Promise<void>;
}

/** A running process. */
export interface Running {
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly runners: ReadonlyMap<string, Runner>;
  readonly databases: ReadonlyMap<string, Database>;
  /** Finishes what was taken, takes no more, closes everything. */
  stop(): Promise<void>;
}

interface RunningContext {
  readonly module: ContextModule;
  readonly parts: ContextParts;
  readonly database: Database;
  readonly runner: Runner;
  readonly peers: Peers;
  readonly consumers: readonly EventConsumer[];
  readonly worker: JobWorker;
  readonly ownCall: (correlationId: string) => OwnCall;
  readonly outboxWake: Wake;
  readonly keyStore: KeyStore;
}

/** Starts the given contexts in this process: edges, relays, consumers, jobs, schedules, sealers. */
export async function start(config: Config, modules: readonly ContextModule[], overrides: StartOverrides = {}): Promise<Running> {
  const clock = overrides.clock ?? systemClock;
  const name = nameOf(modules);
  const stopTracing = startTracing(config.trace, name);
  const streams = await connectStreams(config.natsUrl, `kiban ${name}`);
  const verifier = overrides.verifier ?? TokenVerifier.forConfig(config);
  const contexts = modules.map((module) => buildContext({ config, module, streams, clock, overrides }));
  for (const { database, parts } of contexts) {
    await requireOwnMasterKey(database.db, masterKey(config.keys));
    await parts.prepare?.();
  }
  // A neighbour may not have started yet: its stream is made here as well, so that nobody has to wait for anybody.
  const sources = contexts.flatMap(({ module, parts }) => [module.name, ...parts.subscriptions.map((subscription) => subscription.from)]);
  await ensureStreams(streams.manager, [...new Set(sources)], replicasOf(config));

  const http = httpServer({
    contexts: contexts.map(({ module, parts, runner, consumers }) => ({
      name: module.name,
      routes: [...parts.http, ...operationRoutes(module.name, () => consumers)],
      runner,
    })),
    verifier,
    clock,
    readiness: () => readiness(contexts, streams),
  });
  const grpc = grpcServer(contexts.map(({ module, parts, runner }) => ({ name: module.name, proto: module.proto, routes: parts.grpc, runner })), { verifier, clock, isTraining: config.realm === 'training' });
  await http.listen({ host: config.host, port: config.httpPort });
  const grpcPort = await listenGrpc(grpc, config.host, config.grpcPort);
  const background = startBackground(contexts, streams, clock, overrides.relayProbe);
  for (const context of contexts) {
    context.worker.start();
    for (const consumer of context.consumers) await consumer.start();
  }
  const address = http.server.address();
  const httpPort = typeof address === 'object' && address !== null ? address.port : config.httpPort;
  log.info('ready', { context: name, address: `${config.host}:${httpPort}` });
  return {
    httpPort,
    grpcPort,
    runners: new Map(contexts.map((context) => [context.module.name, context.runner])),
    databases: new Map(contexts.map((context) => [context.module.name, context.database])),
    stop: () => stopAll({ http, grpc, contexts, streams, background, stopTracing }),
  };
}

interface BuildInput {
  readonly config: Config;
  readonly module: ContextModule;
  readonly streams: Streams;
  readonly clock: Clock;
  readonly overrides: StartOverrides;
}

/** Copies of each stream. */
const replicasOf = (config: Config): number => (config.environment === 'production' ? 3 : 1);

function buildContext({ config, module, streams, clock, overrides }: BuildInput): RunningContext {
  const database = new Database(config.database, module.name);
  const master = masterKey(config.keys);
  const cipher = new FieldCipher(master, module.name);
  const clientId = `svc-${module.name}`;
  const tokens = overrides.tokens?.(clientId) ?? new ClientCredentials(clientId, config, () => clock.now().getTime());
  const peers = new Peers(config, tokens);
  const policy = new PolicyTable([...module.policy, ...operationPolicy(module.name)]);
  const isTraining = config.realm === 'training';
  const [outboxWake, jobWake] = [new Wake(), new Wake()];
  const runner = new Runner({ context: module.name, database, policy, cipher, clock, isTraining, eventsWritten: () => outboxWake.wake(), jobQueued: () => jobWake.wake() });
  const keyStore = config.pkcs11 === undefined ? new SoftwareKeyStore(master) : new Pkcs11KeyStore(config.pkcs11);
  const parts = module.build({ config, database, cipher, masterKey: master, keyStore, clock, peers, marks: streamMarks(streams, replicasOf(config)) });
  const actor: Actor = { clientId, kind: 'service', organisation: module.name };
  const ownCall = (correlationId: string, traceparent?: string, purpose?: string): OwnCall => ({ actor, correlationId, traceparent, purpose });
  const probe = overrides.consumerProbe;
  const consumers = parts.subscriptions.map((subscription) => new EventConsumer(subscription, { context: module.name, runner, streams, isTraining, ownCall, ...(probe === undefined ? {} : { probe }) }));
  const worker = new JobWorker(parts.jobs, { database, runner, clock, ownCall, wake: jobWake });
  return { module, parts, database, runner, peers, consumers, worker, ownCall, outboxWake, keyStore };
}

interface Background {
  stop(): Promise<void>;
}

function startBackground(contexts: readonly RunningContext[], streams: Streams, clock: Clock, probe: RelayProbe | undefined): Background {
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const repeat = async (idleMs: number, what: string, work: () => Promise<boolean>, wake = new Wake()): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        if (!(await work())) await wake.wait(idleMs, stopping.signal);
      } catch (error) {
        log.warn(`${what} interrupted`, { error });
        await setTimeout(1_000, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  };
  const loops = contexts.flatMap(({ module, database, runner, parts, ownCall, outboxWake }) => {
    const cursors = recentCursors(database.db);
    return [
      // Other replicas write events too, so the relay also looks unasked.
      repeat(1_000, 'relay', async () => (await relayOutbox(database, streams.publisher, module.name, probe)) > 0, outboxWake),
      repeat(1_000, 'audit sealer', async () => (await sealAuditLines(database)) === SEAL_CHUNK),
      repeat(15_000, 'gauges', async () => {
        auditUnsealed.set({ context: module.name }, await countUnsealed(database.db));
        outboxWaiting.set({ context: module.name }, await countWaiting(database.db));
        return false;
      }),
      ...parts.schedules.map((schedule) => repeat(1_000, 'schedule', scheduled(schedule, { runner, clock, cursors, ownCall }))),
    ];
  });
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

/** A device that hangs leaves its question unanswered: whoever asks gives up, and takes the process for hung. */
async function readiness(contexts: readonly RunningContext[], streams: Streams): Promise<Map<string, boolean>> {
  const states = new Map<string, boolean>();
  for (const { module, database, parts } of contexts) {
    const answers = await database.db.one('SELECT 1 AS up').then(() => parts.probe?.()).then(() => true, () => false);
    states.set(module.name, answers && !streams.connection.isClosed());
  }
  return states;
}

interface StopInput {
  readonly http: FastifyInstance;
  readonly grpc: Server;
  readonly contexts: readonly RunningContext[];
  readonly streams: Streams;
  readonly background: Background;
  readonly stopTracing: () => Promise<void>;
}

/** First the doors, then the work under way, then the connections. */
async function stopAll({ http, grpc, contexts, streams, background, stopTracing }: StopInput): Promise<void> {
  await http.close();
  await new Promise<void>((resolve) => {
    const timer = globalThis.setTimeout(() => grpc.forceShutdown(), 5_000);
    grpc.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
  await Promise.all(contexts.flatMap((context) => [...context.consumers.map((consumer) => consumer.stop()), context.worker.stop()]));
  await background.stop();
  for (const context of contexts) {
    context.peers.close();
    context.keyStore.close();
    await context.database.close();
  }
  await streams.connection.drain();
  await stopTracing();
}

/** `main` of a process of contexts, with the settings of its environment; ends as `runProcess` does. */
export async function runContexts(env: NodeJS.ProcessEnv, modules: readonly ContextModule[]): Promise<void> {
  await runProcess(nameOf(modules), ['KIBAN_HTTP_PORT', 'KIBAN_CONTEXT_GRPC_PORT'], () => start(readConfig(env), modules));
}

function nameOf(modules: readonly ContextModule[]): string {
  return modules.length === 1 ? (modules[0]?.name ?? 'kiban') : 'all';
}
