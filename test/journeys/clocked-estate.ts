import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet } from 'jose';
import { ClientCredentials, TokenVerifier, migrate, start, type Actor, type ContextModule } from '#platform';
import { startEstate, type Answer, type RequestOptions, type TestEstate } from '#testing';
import { freePort } from '#testing/servers';
import { startGateway } from '../../apps/gateway/gateway.js';
import { gatewaySchema } from '../../apps/gateway/schema.js';
import { readGatewaySettings } from '../../apps/gateway/settings.js';
import { Api } from '../../tools/walk/api.js';

/** Contexts with a clock that can be moved, behind a real gateway; one of them runs apart and can go away. */
export interface ClockedEstate extends Pick<TestEstate, 'adminUrl' | 'natsUrl' | 'clock' | 'sql' | 'eventually'> {
  readonly api: Api;
  /** Through the gateway, with a token that its provider gave the actor's client. */
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  /** The context that runs apart goes away. */
  stopApart(): Promise<void>;
  stop(): Promise<void>;
}

/** Tokens are of the present, whatever the clock of the contexts says. */
class PresentVerifier extends TokenVerifier {
  override verify(authorization: string | undefined): Promise<Actor> {
    return super.verify(authorization, Date.now());
  }
}

/** Starts contexts of which the clock says `at`. */
export async function openClockedEstate(modules: readonly ContextModule[], apart: ContextModule, at: Date): Promise<ClockedEstate> {
  const keys = mkdtempSync(join(tmpdir(), 'kiban-journey-keys-'));
  const port = await freePort();
  const gatewayUrl = `http://127.0.0.1:${port}`;
  const access = { issuer: `${gatewayUrl}/oidc`, tokenUrl: `${gatewayUrl}/oidc/token`, audience: 'urn:kiban:api', keys };
  const overrides = {
    verifier: new PresentVerifier(access, createRemoteJWKSet(new URL(`${gatewayUrl}/oidc/jwks`), { cooldownDuration: 100 })),
    tokens: (clientId: string) => new ClientCredentials(clientId, access, () => Date.now()),
  };
  const estate = await startEstate(modules, { at, overrides });
  const { adminUrl, clock, config } = estate;
  await migrate(adminUrl, config.database.secret, [apart, gatewaySchema]);
  const away = await start(config, [apart], { ...overrides, clock });
  Object.assign(config.peers, { [apart.name]: { http: `http://127.0.0.1:${away.httpPort}`, grpc: `127.0.0.1:${away.grpcPort}` } });
  const gateway = await startGateway(readGatewaySettings({
    KIBAN_ENVIRONMENT: 'test', KIBAN_PORT: String(port), KIBAN_GRPC_PORT: '0', KIBAN_KEYS: keys, KIBAN_PEERS: JSON.stringify(config.peers),
    KIBAN_DATABASE: `${config.database.host}:${config.database.port}/${config.database.name}`, KIBAN_DATABASE_SECRET: config.database.secret, KIBAN_DATABASE_CONNECTIONS: '4',
  }));
  const api = new Api({ gateway: gatewayUrl, issuer: access.issuer, keys });
  let isAway = false;
  const stopApart = async (): Promise<void> => {
    if (!isAway) await away.stop();
    isAway = true;
  };
  return {
    api, adminUrl, natsUrl: estate.natsUrl, clock, sql: estate.sql, eventually: estate.eventually, stopApart,
    request: (method, path, options = {}) => send(api, method, path, options),
    stop: async () => {
      await gateway.stop();
      await stopApart();
      await estate.stop();
      rmSync(keys, { recursive: true, force: true });
    },
  };
}

async function send(api: Api, method: string, path: string, { as, purpose, headers, body }: RequestOptions): Promise<Answer> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(`${api.estate.gateway}${path}`, {
    method,
    headers: {
      ...(as === undefined || as === 'nobody' ? {} : { authorization: `Bearer ${await api.token(as.clientId)}` }),
      ...(purpose === undefined ? {} : { 'kiban-purpose': purpose }),
      ...(method === 'GET' ? {} : { 'idempotency-key': randomUUID() }),
      ...(body === undefined || isRaw ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, bytes, json: isJson ? JSON.parse(bytes.toString('utf8')) : undefined };
}
