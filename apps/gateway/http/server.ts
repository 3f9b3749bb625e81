import helmet from '@fastify/helmet';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type FastifyServerOptions } from 'fastify';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { Refusal } from '#kernel';
import { closeInTime, platformProblems, registry, sendProblem, type Database } from '#platform';
import type { Provider } from 'oidc-provider';
import type { Contracts } from '../contracts.js';
import type { Door } from '../door.js';
import { addOidcRoutes } from '../oidc/oidc-routes.js';
import type { Readiness } from '../readiness.js';
import type { GatewaySettings, TlsSettings } from '../settings.js';
import { addDocuments } from './documents.js';
import { addExplorer } from './explorer.js';
import { addOwnApi } from './own-api.js';
import { addProxy } from './proxy.js';
import { apiHeaders, pageHeaders } from './security-headers.js';
import { addStatusPage } from './status-page.js';

/** Longer than that of usual load balancers in front, so that it is never this side that closes a connection in use. */
const KEEP_ALIVE_MS = 75_000;
const HEADERS_MS = 20_000;
/** A large upload on a slow line. */
const REQUEST_MS = 3_600_000;

export interface HttpDoorParts {
  readonly settings: GatewaySettings;
  readonly contracts: Contracts;
  readonly upstreams: ReadonlyMap<string, readonly string[]>;
  readonly door: Door;
  readonly database: Database;
  readonly readiness: Readiness;
  readonly provider: Provider | undefined;
  readonly grpcAddress: () => string;
}

/** The HTTP side of the gateway: status, documents, explorer, tokens, and the way to the contexts. */
export async function httpDoor(parts: HttpDoorParts): Promise<FastifyInstance> {
  const { settings, door, readiness } = parts;
  const server = Fastify({
    logger: false,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 4096 },
    serverFactory: serverFactory(settings.tls),
  });
  closeInTime(server);
  const headers = apiHeaders(settings.tls !== undefined);
  server.setErrorHandler((error, request, reply) => answerRefusal(error, request, reply.headers(headers)));
  server.setNotFoundHandler((request, reply) => sendProblem(platformProblems.refuse('NOT_FOUND'), request, reply.headers(headers)));
  await server.register(async (pages) => {
    await pages.register(helmet, pageHeaders(settings.tls !== undefined));
    addHealth(pages, readiness);
    addStatusPage(pages, readiness, parts.grpcAddress);
    addDocuments(pages, parts.contracts);
    addExplorer(pages);
    addOwnApi(pages, { door, database: parts.database, keysFolder: settings.config.keys });
    if (parts.provider !== undefined) addOidcRoutes(pages, parts.provider, door);
  });
  addProxy(server, { door, headers, upstreams: parts.upstreams, knownRoutes: parts.contracts.knownRoutes, movedPaths: parts.contracts.movedPaths, places: settings.placesPerContext, uploadLimit: settings.uploadLimit });
  return server;
}

function serverFactory(tls: TlsSettings | undefined): NonNullable<FastifyServerOptions['serverFactory']> {
  return (handler) => {
    const options = { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS };
    if (tls === undefined) return createServer(options, handler);
    const { cert, key, clientCa } = tls;
    // Certificates are asked for, not demanded: who may come without one is decided by the token.
    const asked = { requestCert: true, rejectUnauthorized: false, ...(clientCa === undefined ? {} : { ca: clientCa }) };
    return createTlsServer({ ...options, cert, key, ...asked, minVersion: 'TLSv1.2' }, handler);
  };
}

function answerRefusal(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof Refusal && error.code === 'QUOTA_EXCEEDED') reply.header('retry-after', String(error.facts['retryAfterSeconds'] ?? 1));
  sendProblem(error, request, reply);
}

function addHealth(server: FastifyInstance, readiness: Readiness): void {
  server.get('/health/live', (_request, reply) => reply.type('text/plain').send('live\n'));
  server.get('/health/ready', async (_request, reply) => {
    const states = await readiness.states();
    const lines = [...states].map(([name, ready]) => `${name} ${ready ? 'ready' : 'not ready'}\n`);
    return reply.code([...states.values()].every(Boolean) ? 200 : 503).type('text/plain').send(lines.join(''));
  });
  server.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
}
