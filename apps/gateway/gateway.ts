import { createLocalJWKSet } from 'jose';
import type { FastifyInstance } from 'fastify';
import type { Provider } from 'oidc-provider';
import { Database, TokenVerifier, log, peerAddress, startTracing, uuidv7 } from '#platform';
import { ensureClientKeys } from './clients.js';
import { contractedContexts, readContracts } from './contracts.js';
import { Door } from './door.js';
import { bindGrpc, grpcCredentials, grpcDoor, shutGrpc } from './grpc/server.js';
import { httpDoor } from './http/server.js';
import { startPruning } from './oidc/payload-store.js';
import { openIdProvider } from './oidc/provider.js';
import { publicKeys, signingKeys } from './oidc/signing-keys.js';
import { Readiness } from './readiness.js';
import { RefusalTrail } from './refusal-trail.js';
import { gatewaySchema } from './schema.js';
import type { GatewaySettings } from './settings.js';

/** A running gateway. */
export interface RunningGateway {
  readonly httpPort: number;
  readonly grpcPort: number;
  /** Finishes what was taken, takes no more, closes everything. */
  stop(): Promise<void>;
}

/**
 * Starts the gateway. The contexts behind it are those of `KIBAN_PEERS`, else all that have a contract.
 * `contracts` replaces the folder of the contracts in tests.
 */
export async function startGateway(settings: GatewaySettings, options: { readonly contracts?: URL } = {}): Promise<RunningGateway> {
  const { config } = settings;
  const stopTracing = startTracing(config.trace, 'gateway');
  const named = Object.keys(config.peers);
  const contexts = named.length > 0 ? named : contractedContexts(options.contracts);
  const contracts = readContracts(contexts, { lenient: config.environment === 'test', folder: options.contracts });
  const upstreams = new Map(contexts.map((context) => [context, peerAddress(config, context)]));
  const httpUpstreams = new Map([...upstreams].map(([context, { http }]) => [context, [http].flat().map((base) => base.replace(/\/$/, ''))]));
  const grpcUpstreams = new Map([...upstreams].map(([context, { grpc }]) => [context, grpc]));
  const database = new Database(config.database, gatewaySchema.name);
  const trail = new RefusalTrail(database);
  const { verifier, provider, stop: stopOidc } = await identity(settings, database, trail);
  const door = new Door({ verifier, trail, quotaPerSecond: settings.quotaPerSecond });
  const readiness = new Readiness(httpUpstreams, database);
  const bound = { grpc: settings.grpcPort };
  const grpcAddress = (): string => `${config.host}:${bound.grpc}`;
  const http = await httpDoor({ settings, contracts, upstreams: httpUpstreams, door, database, readiness, provider, grpcAddress });
  const grpc = grpcDoor({ contracts, upstreams: grpcUpstreams, door, readiness, realm: config.realm });
  const stop = async (): Promise<void> => {
    await http.close();
    await shutGrpc(grpc.server);
    grpc.close();
    await stopOidc();
    await trail.stop();
    await database.close();
    await stopTracing();
  };
  try {
    await http.listen({ host: config.host, port: settings.httpPort });
    bound.grpc = await bindGrpc(grpc.server, grpcAddress(), grpcCredentials(settings.tls));
  } catch (error) {
    await stop();
    throw error;
  }
  trail.start();
  const httpPort = portOf(http) ?? settings.httpPort;
  log.info('ready', { context: 'gateway', address: `${config.host}:${httpPort}` });
  return { httpPort, grpcPort: bound.grpc, stop };
}

interface Identity {
  readonly verifier: TokenVerifier;
  readonly provider: Provider | undefined;
  readonly stop: () => Promise<void>;
}

/** Whose tokens are believed: those of the provider inside, with its keys at hand, or those of another one, with its key set fetched. */
async function identity(settings: GatewaySettings, database: Database, trail: RefusalTrail): Promise<Identity> {
  const { config } = settings;
  if (settings.oidc === 'external') return { verifier: TokenVerifier.forConfig(config), provider: undefined, stop: () => Promise.resolve() };
  await ensureClientKeys(config.keys);
  const keys = await signingKeys(config.keys);
  const provider = await openIdProvider({
    issuer: config.issuer,
    audience: config.audience,
    keysFolder: config.keys,
    keys,
    database,
    tls: settings.tls !== undefined,
    refused: (request, { client, code, reason }) => {
      const address = request.socket.remoteAddress ?? 'unknown';
      trail
        .add({ action: 'gateway.token.issue', client, object: 'oidc:token', code, reason, address, correlationId: uuidv7() })
        .catch((error: unknown) => log.error('refusal could not be audited', { error }));
    },
  });
  return { verifier: new TokenVerifier(config, createLocalJWKSet(publicKeys(keys))), provider, stop: startPruning(database) };
}

function portOf(http: FastifyInstance): number | undefined {
  const address = http.server.address();
  return typeof address === 'object' && address !== null ? address.port : undefined;
}
