import { DiscardPolicy, RetentionPolicy, StorageType, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { setTimeout } from 'node:timers/promises';
import { PARTNER_STREAM } from '#kernel';
import { log } from '../telemetry/log.js';
import { streamPublisher, type Publish } from './publisher.js';

/** What partners may see. */
const OPEN = 'kiban.>';
const BOOT_TRIES = 60;
const DEDUPLICATION_WINDOW_NS = 120 * 1e9;
const RETENTION_NS = 30 * 24 * 3600 * 1e9;

/** One stream per context: `KIBAN_JUKI_NET` keeps `kiban.juki-net.>` and, for other contexts only, `kiban-restricted.juki-net.>`. */
export function streamName(context: string): string {
  return `KIBAN_${context.replaceAll('-', '_').toUpperCase()}`;
}

export interface Streams {
  readonly connection: NatsConnection;
  readonly publisher: Publish;
  readonly manager: JetStreamManager;
}

/** Connects with retries for about a minute, then fails; afterwards the client reconnects by itself for as long as it runs. */
export async function connectStreams(url: string, name: string): Promise<Streams> {
  const { protocol, username, password, host } = new URL(url);
  const connection = await retry('NATS', () =>
    connect({
      servers: `${protocol}//${host}`,
      name,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      waitOnFirstConnect: false,
      // A stack for every request costs more than the request.
      noAsyncTraces: true,
      ...(username === '' ? {} : { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
    }),
  );
  return { connection, publisher: streamPublisher(connection), manager: await retry('JetStream', () => jetstreamManager(connection)) };
}

/** Creates the streams of these contexts if they are missing. Old servers answer "no suitable peers" while a cluster forms: tried again. */
export async function ensureStreams(manager: JetStreamManager, contexts: readonly string[], replicas: number): Promise<void> {
  for (const context of contexts) {
    await retry(`stream of ${context}`, async () => {
      const wanted = {
        name: streamName(context),
        subjects: [OPEN, 'kiban-restricted.>'].map((subjects) => subjects.replace('>', `${context}.>`)),
        retention: RetentionPolicy.Limits,
        storage: StorageType.File,
        discard: DiscardPolicy.Old,
        max_age: RETENTION_NS,
        duplicate_window: DEDUPLICATION_WINDOW_NS,
        num_replicas: replicas,
      };
      const present = await manager.streams.info(wanted.name).catch(() => undefined);
      if (present === undefined) await manager.streams.add(wanted);
      else if (present.config.subjects.length < wanted.subjects.length) await manager.streams.update(wanted.name, { subjects: wanted.subjects });
    });
  }
}

/** Creates the partners' stream, or adds contexts that it does not copy yet. */
export async function ensurePartnerStream(manager: JetStreamManager, contexts: readonly string[]): Promise<void> {
  const sources = contexts.map((context) => ({ name: streamName(context), filter_subject: OPEN }));
  const present = await manager.streams.info(PARTNER_STREAM).catch(() => undefined);
  if (present === undefined) {
    await manager.streams.add({ name: PARTNER_STREAM, sources, retention: RetentionPolicy.Limits, storage: StorageType.File, max_age: RETENTION_NS });
  } else if ((present.config.sources ?? []).filter((source) => source.filter_subject === OPEN).length < sources.length) {
    await manager.streams.update(PARTNER_STREAM, { sources });
  }
}

/** Tries again for about a minute: servers start, a cluster forms. */
export async function retry<T>(what: string, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === BOOT_TRIES) throw error;
      if (attempt % 10 === 0) log.warn(`${what} not ready yet`, { attempt, error });
      await setTimeout(Math.min(100 * attempt, 1_000));
    }
  }
}
