import type { EventDefinition } from '#kernel';
import type { PolicyRow } from './access/policy.js';
import type { Clock } from './clock.js';
import type { Config } from './config/config.js';
import type { FieldCipher } from './crypto/field-cipher.js';
import type { KeyStore } from './crypto/key-store.js';
import type { Marks } from './events/marks.js';
import type { Subscription } from './events/subscription.js';
import type { GrpcRoutes } from './grpc/server.js';
import type { Peers } from './grpc/peers.js';
import type { HttpRoute } from './http/route.js';
import type { JobKind } from './job/job.js';
import type { Schedule } from './job/schedule.js';
import type { Database } from './pg/database.js';

/** What the platform gives a context to build itself from. */
export interface Platform {
  readonly config: Config;
  readonly database: Database;
  readonly cipher: FieldCipher;
  /** 32-byte master key of the key store; derive, never use it directly. */
  readonly masterKey: Buffer;
  /** Prepared by the context that uses it. */
  readonly keyStore: KeyStore;
  readonly clock: Clock;
  readonly peers: Peers;
  /** What must outlive a restored database. */
  readonly marks: Marks;
}

/** What a context consists of while it runs. */
export interface ContextParts {
  readonly http: readonly HttpRoute[];
  readonly grpc: GrpcRoutes;
  readonly subscriptions: readonly Subscription[];
  readonly jobs: readonly JobKind[];
  readonly schedules: readonly Schedule[];
  /** Work of the context before it is ready, such as creating its keys. */
  readonly prepare?: () => Promise<void>;
  /** A synthetic round trip to what the context cannot do without, as the device of its keys: where it does not return the process is not ready (CARD-4.12 Q2). */
  readonly probe?: () => Promise<void>;
}

/** A context: its name, what it owns, what it publishes, who may use it, and how it is put together. */
export interface ContextModule {
  readonly name: string;
  readonly title: string;
  readonly migrations: URL;
  readonly proto: URL;
  readonly events: readonly EventDefinition<unknown>[];
  readonly policy: readonly PolicyRow[];
  build(platform: Platform): ContextParts;
}

/** A context of many features is put together from the parts of each. */
export function joinParts(...features: readonly Partial<ContextParts>[]): ContextParts {
  return {
    http: features.flatMap(({ http = [] }) => http),
    grpc: Object.assign({}, ...features.map(({ grpc }) => grpc)),
    subscriptions: features.flatMap(({ subscriptions = [] }) => subscriptions),
    jobs: features.flatMap(({ jobs = [] }) => jobs),
    schedules: features.flatMap(({ schedules = [] }) => schedules),
    prepare: async () => {
      for (const { prepare } of features) await prepare?.();
    },
    probe: async () => {
      for (const { probe } of features) await probe?.();
    },
  };
}
