import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT, exportJWK, generateKeyPair, createLocalJWKSet } from 'jose';
import pg from 'pg';
import { Database, TokenVerifier, migrate, start, systemClock, type Actor, type Clock, type Config, type ContextModule, type Realm, type Running, type StartOverrides } from '#platform';
import { filledDatabase, testNats } from './servers/index.js';

const ISSUER = 'http://issuer.test';
const AUDIENCE = 'urn:kiban:api';
const SECRET = 'test-secret-of-the-database-roles';

/** What a request of a test carries beside its body. */
export interface RequestOptions {
  readonly as?: Actor | 'nobody';
  readonly purpose?: string;
  readonly idempotencyKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** The JSON body; parse it with a schema before use. */
  readonly json: unknown;
}

/** Contexts running for a test on a database of their own and the shared NATS, spoken to through their real edges. */
export interface TestEstate {
  readonly running: Running;
  readonly config: Config;
  readonly adminUrl: string;
  readonly natsUrl: string;
  readonly clock: MovableClock;
  /** Rows of any table, as the server's administrator. */
  sql<R extends pg.QueryResultRow>(text: string, ...values: unknown[]): Promise<R[]>;
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  token(actor: Actor): Promise<string>;
  /** Repeats `look` until it gives something; fails after `seconds`. */
  eventually<T>(look: () => Promise<T | undefined | false>, seconds?: number): Promise<T>;
  /** Stops and starts the contexts again on the same data. */
  restart(overrides?: StartOverrides): Promise<void>;
  stop(): Promise<void>;
}

/** A clock that a test can move forward; it runs on from where it was set. */
export class MovableClock implements Clock {
  private offsetMs = 0;

  now(): Date {
    return new Date(systemClock.now().getTime() + this.offsetMs);
  }

  /** Sets the present. */
  set(instant: Date): void {
    this.offsetMs = instant.getTime() - systemClock.now().getTime();
  }
}

/** Starts contexts on fresh data. Neighbours that are not among `modules` are not reachable. */
export async function startEstate(modules: readonly ContextModule[], options: { overrides?: StartOverrides; at?: Date; realm?: Realm } = {}): Promise<TestEstate> {
  const nats = await testNats();
  const keys = mkdtempSync(join(tmpdir(), 'kiban-keys-'));
  const clock = new MovableClock();
  if (options.at !== undefined) clock.set(options.at);
  const database = await filledDatabase(modules.map(({ name, migrations }) => `${name}: ${readdirSync(migrations).join()}`).join('\n'), (adminUrl) => migrate(adminUrl, SECRET, modules));
  const issuer = await tokenIssuer(clock);
  const peers: Record<string, { http: string; grpc: string }> = {};
  const config: Config = { ...testConfig({ adminUrl: database.adminUrl, natsUrl: nats.url, keys, peers }), ...(options.realm === undefined ? {} : { realm: options.realm }) };
  const boot = async (extra: StartOverrides = {}): Promise<Running> => {
    const running = await start(config, modules, { clock, verifier: issuer.verifier, tokens: (clientId) => ({ token: () => issuer.sign(serviceActor(clientId)) }), ...options.overrides, ...extra });
    for (const module of modules) peers[module.name] = { http: `http://127.0.0.1:${running.httpPort}`, grpc: `127.0.0.1:${running.grpcPort}` };
    return running;
  };
  let running = await boot();
  const admin = new pg.Pool({ connectionString: database.adminUrl, max: 2 });
  // An ended pool does not wait for its connections to close: the database is dropped under them.
  admin.on('error', () => undefined);
  return {
    get running() {
      return running;
    },
    config,
    adminUrl: database.adminUrl,
    natsUrl: nats.url,
    clock,
    sql: async (text, ...values) => (await admin.query(text, values)).rows,
    request: (method, path, request) => send(`http://127.0.0.1:${running.httpPort}${path}`, method, request ?? {}, issuer.sign),
    token: issuer.sign,
    eventually,
    restart: async (overrides) => {
      await running.stop();
      running = await boot(overrides);
    },
    stop: async () => {
      await running.stop();
      await admin.end();
      await database.drop();
      rmSync(keys, { recursive: true, force: true });
    },
  };
}

function serviceActor(clientId: string): Actor {
  return { clientId, kind: 'service', organisation: clientId.replace(/^svc-/, '') };
}

function testConfig(input: { adminUrl: string; natsUrl: string; keys: string; peers: Config['peers'] }): Config {
  const url = new URL(input.adminUrl);
  return {
    environment: 'test',
    host: '127.0.0.1',
    httpPort: 0,
    grpcPort: 0,
    database: { host: url.hostname, port: Number(url.port), name: url.pathname.slice(1), secret: SECRET, connections: 8 },
    natsUrl: input.natsUrl,
    issuer: ISSUER,
    jwksUrl: `${ISSUER}/jwks`,
    tokenUrl: `${ISSUER}/token`,
    audience: AUDIENCE,
    keys: input.keys,
    peers: input.peers,
    timeServers: [],
    trace: { ratio: 0 },
  };
}

async function tokenIssuer(clock: Clock): Promise<{ verifier: TokenVerifier; sign: (actor: Actor) => Promise<string> }> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'test' }] });
  const sign = (actor: Actor): Promise<string> => {
    const seconds = Math.floor(clock.now().getTime() / 1000);
    const { clientId, kind, organisation, operator } = actor;
    return new SignJWT({ client_id: clientId, kiban: { kind, organisation, ...(operator === undefined ? {} : { operator }) } })
      .setProtectedHeader({ alg: 'ES256', kid: 'test' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + 600)
      .sign(privateKey);
  };
  return { verifier: new TokenVerifier({ issuer: ISSUER, audience: AUDIENCE }, keys), sign };
}

async function send(url: string, method: string, options: RequestOptions, sign: (actor: Actor) => Promise<string>): Promise<Answer> {
  const { as, purpose, idempotencyKey, headers, body } = options;
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(url, {
    method,
    headers: {
      ...(as === undefined || as === 'nobody' ? {} : { authorization: `Bearer ${await sign(as)}` }),
      ...(purpose === undefined ? {} : { 'kiban-purpose': purpose }),
      ...(method === 'GET' ? {} : { 'idempotency-key': idempotencyKey ?? randomBytes(8).toString('hex') }),
      ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, bytes, json: isJson ? JSON.parse(bytes.toString('utf8')) : undefined };
}

async function eventually<T>(look: () => Promise<T | undefined | false>, seconds = 20): Promise<T> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`nothing came within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A connection as one of a context's own database roles, for tests of what a role must not do. */
export function databaseAs(estate: TestEstate, context: string, role: 'app' | 'reader'): Database {
  return new Database(estate.config.database, context, { role, connections: 1 });
}
