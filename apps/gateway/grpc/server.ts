import { Server, ServerCredentials, type Client } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation } from 'grpc-health-check';
import { MESSAGE_LIMIT, loadProto, type Realm } from '#platform';
import type { Contracts } from '../contracts.js';
import type { Door } from '../door.js';
import type { Readiness } from '../readiness.js';
import type { TlsSettings } from '../settings.js';
import { passedServices, upstreamClient } from './pass-through.js';

const HEALTH_EVERY_MS = 5_000;

export interface GrpcDoorParts {
  readonly contracts: Contracts;
  /** `host:port` by context. */
  readonly upstreams: ReadonlyMap<string, string>;
  readonly door: Door;
  readonly readiness: Readiness;
  readonly realm: Realm | undefined;
}

/** The gRPC side of the gateway, before it listens. */
export interface GrpcDoor {
  readonly server: Server;
  close(): void;
}

/** All services of all contexts at one address, with reflection over their union and health by context. */
export function grpcDoor({ contracts, upstreams, door, readiness, realm }: GrpcDoorParts): GrpcDoor {
  const server = new Server({ 'grpc.max_receive_message_length': MESSAGE_LIMIT, 'grpc.max_send_message_length': MESSAGE_LIMIT });
  const clients = new Map<string, Client>();
  const contextOf = new Map<string, string>();
  const protos = contracts.protoFiles.map(({ context, url }) => ({ context, definition: loadProto(url) }));
  for (const { context, definition } of protos) {
    const upstream = clients.get(context) ?? upstreamClient(upstreams.get(context) ?? '');
    clients.set(context, upstream);
    for (const service of passedServices(context, definition, { door, upstream, realm })) {
      server.addService(service.definition, service.handlers);
      contextOf.set(service.name, context);
    }
  }
  new ReflectionService(Object.assign({}, ...protos.map(({ definition }) => definition))).addToServer(server);
  const stopHealth = addHealth(server, contextOf, readiness);
  return {
    server,
    close: () => {
      stopHealth();
      for (const client of clients.values()) client.close();
    },
  };
}

/** `grpc.health.v1`: the server itself, and each service by the readiness of its context. */
function addHealth(server: Server, contextOf: ReadonlyMap<string, string>, readiness: Readiness): () => void {
  const health = new HealthImplementation({ '': 'SERVING', ...Object.fromEntries([...contextOf.keys()].map((service) => [service, 'UNKNOWN' as const])) });
  health.addToServer(server);
  const look = async (): Promise<void> => {
    const states = await readiness.states();
    for (const [service, context] of contextOf) health.setStatus(service, states.get(context) === true ? 'SERVING' : 'NOT_SERVING');
  };
  void look();
  const timer = setInterval(() => void look(), HEALTH_EVERY_MS);
  return () => clearInterval(timer);
}

/** Plain, or TLS; with an authority for clients named, gRPC clients must bring a certificate of it (the library knows no "may"). */
export function grpcCredentials(tls: TlsSettings | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  return ServerCredentials.createSsl(tls.clientCa ?? null, [{ cert_chain: tls.cert, private_key: tls.key }], tls.clientCa !== undefined);
}

/** Binds and tells the port. */
export function bindGrpc(server: Server, address: string, serverCredentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, serverCredentials, (error, bound) => (error === null ? resolve(bound) : reject(error)));
  });
}

/** Lets calls under way finish for a few seconds. */
export async function shutGrpc(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, 5_000);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
