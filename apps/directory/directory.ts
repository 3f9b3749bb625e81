import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer } from 'node:tls';
import { ClientCredentials, log, registry, systemClock, type TokenSource } from '#platform';
import { Connection, type ConnectionParts } from './connection.js';
import { EstateReader } from './estate-reader.js';
import { ListCache } from './list-cache.js';
import { directoryConnections } from './measures.js';
import type { DirectorySettings } from './settings.js';

const CLIENT = 'svc-directory';
const OLDEST_TLS = 'TLSv1.2';
/** Answers that are under way when the directory stops. */
const GRACE_MS = 2_000;

/** A running directory. */
export interface RunningDirectory {
  readonly ldapPort: number;
  readonly ldapsPort: number | undefined;
  readonly httpPort: number;
  stop(): Promise<void>;
}

/** Starts the directory. `tokens` replaces where its own access token comes from in tests. */
export async function startDirectory(settings: DirectorySettings, options: { readonly tokens?: TokenSource } = {}): Promise<RunningDirectory> {
  const { host, tls } = settings;
  const tokens = options.tokens ?? new ClientCredentials(CLIENT, settings.token, () => systemClock.now().getTime());
  const estate = new EstateReader({ gatewayUrl: settings.gatewayUrl, tokens, cache: new ListCache(settings.cacheOctets), elapsed: () => performance.now() });
  const secureContext = tls === undefined ? undefined : createSecureContext({ ...tls, minVersion: OLDEST_TLS });
  const clients = new Clients({ estate, idleMs: settings.idleMs, secureContext }, settings.connections);
  const http = createHttpServer((request, response) => void health(request, response, estate));
  const plain = createServer((socket) => clients.add(socket));
  const secure = tls === undefined || settings.ldapsPort === undefined ? undefined : createTlsServer({ ...tls, minVersion: OLDEST_TLS, handshakeTimeout: 10_000 }, (socket) => clients.add(socket));
  const servers = [http, plain, ...(secure === undefined ? [] : [secure])];
  for (const server of [plain, secure]) if (server !== undefined) server.maxConnections = settings.connections;
  // A handshake that failed is the client's affair.
  secure?.on('tlsClientError', () => undefined);
  const stop = async (): Promise<void> => {
    const closed = servers.map((server) => closing(server));
    http.closeAllConnections();
    await clients.close();
    await Promise.all(closed);
  };
  try {
    const [httpPort, ldapPort] = [await listen(http, host, settings.httpPort), await listen(plain, host, settings.ldapPort)];
    const ldapsPort = secure === undefined ? undefined : await listen(secure, host, settings.ldapsPort ?? 0);
    log.info('ready', { context: 'directory', address: `${host}:${ldapPort}` });
    return { ldapPort, ldapsPort, httpPort, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

class Clients {
  private readonly connected = new Map<Connection, () => void>();

  constructor(
    private readonly parts: ConnectionParts,
    private readonly most: number,
  ) {}

  /** One more, of either port; who is too many is cut off. */
  add(socket: Socket): void {
    if (this.connected.size >= this.most) return void socket.destroy();
    const connection = new Connection(socket, this.parts);
    this.connected.set(connection, () => socket.destroy());
    directoryConnections.set(this.connected.size);
    socket.once('close', () => {
      this.connected.delete(connection);
      directoryConnections.set(this.connected.size);
    });
  }

  async close(): Promise<void> {
    for (const connection of this.connected.keys()) connection.close();
    const end = performance.now() + GRACE_MS;
    while (this.connected.size > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const destroy of this.connected.values()) destroy();
  }
}

/** `/health/live`, `/health/ready` (whether jpki-ca can be read), `/metrics`; the answers of the gateway's routes of these names. */
async function health(request: IncomingMessage, response: ServerResponse, estate: EstateReader): Promise<void> {
  const answer = (status: number, text: string, type = 'text/plain; charset=utf-8'): void => void response.writeHead(status, { 'content-type': type }).end(text);
  switch (request.url) {
    case '/health/live':
      return answer(200, 'live\n');
    case '/health/ready': {
      const isReady = await estate.isReady();
      return answer(isReady ? 200 : 503, `directory ${isReady ? 'ready' : 'not ready'}\n`);
    }
    case '/metrics':
      return answer(200, await registry.metrics(), registry.contentType);
    default:
      return answer(404, '');
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** Takes nobody more; resolves when the last one has gone. */
function closing(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
