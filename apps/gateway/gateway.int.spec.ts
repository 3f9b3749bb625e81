import { Client, Metadata, credentials, loadPackageDefinition, status, type ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { SignJWT, createRemoteJWKSet, decodeProtectedHeader, generateKeyPair, importJWK, jwtVerify, type CryptoKey, type JWK } from 'jose';
import providerContext from 'oidc-provider/lib/helpers/als.js';
import pg from 'pg';
import { z } from 'zod';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadProto, migrate, serviceOf, verifyAuditChain, Database } from '#platform';
import { freePort, testDatabase } from '#testing/servers';
import { FICTIONAL_CLIENTS, ensureClientKeys } from './clients.js';
import { startGateway, type RunningGateway } from './gateway.js';
import { echoContracts, startEcho, zeros, type EchoContext } from './gateway.fixture.js';
import { gatewaySchema } from './schema.js';
import { readGatewaySettings, type GatewaySettings } from './settings.js';

const SECRET = 'test-secret-of-the-database-roles';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const tokenAnswer = z.object({ access_token: z.string(), token_type: z.literal('Bearer'), expires_in: z.literal(600) });

const contracts = echoContracts();
const data = mkdtempSync(join(tmpdir(), 'kiban-gateway-'));
const keys = join(data, 'keys');
let database: Awaited<ReturnType<typeof testDatabase>>;
let admin: pg.Pool;
let echo: EchoContext;
let gateway: RunningGateway;
let url = '';

function settingsFor(port: number, extra: NodeJS.ProcessEnv = {}): GatewaySettings {
  const { hostname, port: pgPort, pathname } = new URL(database.adminUrl);
  return readGatewaySettings({
    KIBAN_ENVIRONMENT: 'test',
    KIBAN_PORT: String(port),
    KIBAN_GRPC_PORT: '0',
    KIBAN_DATABASE: `${hostname}:${pgPort}${pathname}`,
    KIBAN_DATABASE_SECRET: SECRET,
    KIBAN_DATABASE_CONNECTIONS: '4',
    KIBAN_KEYS: keys,
    KIBAN_PEERS: JSON.stringify({ echo: { http: echo.http, grpc: echo.grpc }, silent: { http: 'http://127.0.0.1:9', grpc: '127.0.0.1:9' } }),
    ...extra,
  });
}

async function assertion(clientId: string, changes: { key?: CryptoKey; jti?: string; audience?: string; seconds?: number } = {}): Promise<string> {
  const jwk: JWK = JSON.parse(readFileSync(join(keys, 'clients', `${clientId}.jwk.json`), 'utf8'));
  return new SignJWT()
    .setProtectedHeader({ alg: 'ES256', ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(changes.audience ?? `${url}/oidc`)
    .setJti(changes.jti ?? randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${changes.seconds ?? 60}s`)
    .sign(changes.key ?? (await importJWK(jwk)));
}

async function askToken(signed: string, extra: Record<string, string> = {}): Promise<Response> {
  const form = { grant_type: 'client_credentials', client_assertion_type: ASSERTION_TYPE, client_assertion: signed, ...extra };
  return fetch(`${url}/oidc/token`, { method: 'POST', body: new URLSearchParams(form), headers: { accept: '*/*' } });
}

async function tokenOf(clientId: string): Promise<string> {
  const response = await askToken(await assertion(clientId));
  return tokenAnswer.parse(await response.json()).access_token;
}

async function call(path: string, options: RequestInit & { token?: string } = {}): Promise<Response> {
  const { token, ...init } = options;
  const headers = new Headers(init.headers);
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  return fetch(`${url}${path}`, { ...init, headers });
}

type Body = NonNullable<RequestInit['body']>;

function streamOf(chunks: Iterable<Buffer>): Body {
  return Readable.toWeb(Readable.from(chunks, { objectMode: false })) as Body;
}

async function auditEntries(): Promise<Record<string, unknown>[]> {
  const { rows } = await admin.query<{ entry: string }>('SELECT entry FROM gateway.audit_line ORDER BY at, id');
  return rows.map((row) => JSON.parse(row.entry));
}

beforeAll(async () => {
  database = await testDatabase();
  admin = new pg.Pool({ connectionString: database.adminUrl, max: 2 });
  await migrate(database.adminUrl, SECRET, [gatewaySchema]);
  echo = await startEcho(contracts.folder);
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  gateway = await startGateway(settingsFor(port), { contracts: contracts.folder });
});

afterAll(async () => {
  await gateway.stop();
  await echo.stop();
  await admin.end();
  await database.drop();
  contracts.remove();
  rmSync(data, { recursive: true, force: true });
});

describe('the embedded OpenID provider', () => {
  it('has keys for every fictional client, readable by their owner only, and the same after a repetition', async () => {
    const files = FICTIONAL_CLIENTS.map(({ id }) => join(keys, 'clients', `${id}.jwk.json`));
    const before = files.map((file) => readFileSync(file, 'utf8'));
    await Promise.all([ensureClientKeys(keys), ensureClientKeys(keys)]);
    expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(before);
    expect([...files, join(keys, 'oidc-jwks.json')].map((file) => statSync(file).mode & 0o777)).toEqual([...files, 1].map(() => 0o600));
    expect(new Set(before.map((text) => JSON.parse(text).x)).size).toBe(FICTIONAL_CLIENTS.length);
  });

  it('issues a JWT access token (RFC 9068) for private_key_jwt, without a resource named, that its key set verifies', async () => {
    const discovery = z.looseObject({ issuer: z.string(), token_endpoint: z.string(), jwks_uri: z.string() }).parse(await (await fetch(`${url}/oidc/.well-known/openid-configuration`)).json());
    expect(discovery).toMatchObject({ issuer: `${url}/oidc`, token_endpoint: `${url}/oidc/token`, grant_types_supported: ['client_credentials'], token_endpoint_auth_methods_supported: ['private_key_jwt'] });
    expect(discovery).not.toHaveProperty('authorization_endpoint');
    const token = await tokenOf('municipality-990019');
    const { payload, protectedHeader } = await jwtVerify(token, createRemoteJWKSet(new URL(discovery.jwks_uri)), { issuer: discovery.issuer, audience: 'urn:kiban:api', algorithms: ['RS256'] });
    expect(protectedHeader.typ).toBe('at+jwt');
    expect(payload).toMatchObject({ client_id: 'municipality-990019', sub: 'municipality-990019', kiban: { kind: 'municipality', organisation: '990019' } });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(600);
    expect(JSON.stringify(await (await fetch(discovery.jwks_uri)).json())).not.toMatch(/"(d|p|q)":/);
  });

  it('refuses a wrong key, another audience, an unknown resource, an expired and a replayed assertion, also two at once', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const refusal = async (response: Response): Promise<unknown> => [response.status, z.object({ error: z.string() }).parse(await response.json()).error];
    expect(await refusal(await askToken(await assertion('operator-1', { key: privateKey })))).toEqual([401, 'invalid_client']);
    expect(await refusal(await askToken(await assertion('operator-1', { audience: 'https://elsewhere.example' })))).toEqual([401, 'invalid_client']);
    expect(await refusal(await askToken(await assertion('operator-1', { seconds: -120 })))).toEqual([401, 'invalid_client']);
    expect(await refusal(await askToken(await assertion('operator-1'), { resource: 'urn:other:api' }))).toEqual([400, 'invalid_target']);
    const once = await assertion('operator-1');
    expect((await askToken(once)).status).toBe(200);
    expect(await refusal(await askToken(once))).toEqual([401, 'invalid_client']);
    const raced = await assertion('operator-1');
    const statuses = (await Promise.all([1, 2, 3, 4].map(() => askToken(raced)))).map((response) => response.status);
    expect(statuses.sort()).toEqual([200, 401, 401, 401]);
    await expect.poll(auditEntries).toContainEqual(expect.objectContaining({ action: 'gateway.token.issue', client: 'operator-1', code: 'invalid_client', outcome: 'REFUSED' }));
  });

  it('offers no other grant, no login and no endpoint beyond', async () => {
    expect((await askToken(await assertion('operator-1'), { grant_type: 'authorization_code', code: 'x' })).status).toBe(400);
    for (const path of ['/oidc/auth?client_id=operator-1', '/oidc/me', '/oidc/reg']) expect((await fetch(`${url}${path}`)).status).toBe(404);
  });
});

describe('the door', () => {
  it('refuses a call without a token in both languages and audits it, with an unbroken chain', async () => {
    for (const [language, title] of [['ja', '有効なアクセストークンが必要です'], ['en', 'A valid access token is required']] as const) {
      const response = await call('/api/echo/v1/things', { headers: { 'accept-language': language, 'correlation-id': `no-token-${language}` } });
      expect(response.status).toBe(401);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(await response.json()).toMatchObject({ type: 'urn:kiban:problem:platform:UNAUTHENTICATED', title, correlationId: `no-token-${language}` });
    }
    const lines = (await auditEntries()).filter(({ correlationId }) => String(correlationId).startsWith('no-token-'));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({ action: 'gateway.token.verify', outcome: 'REFUSED', code: 'UNAUTHENTICATED', object: 'api:echo', facts: { reason: 'NO_TOKEN', address: '127.0.0.1' } });
    const own = new Database(settingsFor(0).config.database, 'gateway', { connections: 1 });
    await expect.poll(async () => (await verifyAuditChain(own.db)).unsealed, { timeout: 10_000 }).toBe(0);
    expect(await verifyAuditChain(own.db)).toMatchObject({ whole: true });
    await own.close();
    const report = await call('/api/gateway/v1/audit-verification', { token: await tokenOf('auditor-1') });
    expect(await report.json()).toMatchObject({ whole: true });
    expect((await call('/api/gateway/v1/audit-verification', { token: await tokenOf('agency-pension') })).status).toBe(403);
  });

  it('asserts the officer of the client that stands for one, and of no other', async () => {
    const kibanOf = async (client: string): Promise<unknown> => z.object({ kiban: z.unknown() }).parse(JSON.parse(Buffer.from((await tokenOf(client)).split('.')[1] ?? '', 'base64url').toString())).kiban;
    expect(await kibanOf('officer-2')).toEqual({ kind: 'operator', organisation: 'agency', operator: 'o-2' });
    expect(await kibanOf('operator-2')).toEqual({ kind: 'operator', organisation: 'agency' });
  });

  it('refuses tokens of a foreign signer and ones that were tampered with', async () => {
    const token = await tokenOf('municipality-990019');
    const [header = '', payload = '', signature = ''] = token.split('.');
    const changed = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), kiban: { kind: 'operator', organisation: 'agency' } })).toString('base64url');
    const { privateKey } = await generateKeyPair('RS256');
    const foreign = await new SignJWT({ client_id: 'operator-1', kiban: { kind: 'operator', organisation: 'agency' } })
      .setProtectedHeader(decodeProtectedHeader(token) as { alg: string }).setIssuer(`${url}/oidc`).setAudience('urn:kiban:api').setIssuedAt().setExpirationTime('10m').sign(privateKey);
    for (const bad of [`${header}.${changed}.${signature}`, foreign, 'nonsense']) expect((await call('/api/echo/v1/things', { token: bad })).status).toBe(401);
  });

  it('passes a request on with correlation id and purpose, and the answer back with security headers', async () => {
    const response = await call('/api/echo/v1/things?colour=green%20blue', { token: await tokenOf('municipality-990019'), headers: { 'kiban-purpose': 'RESIDENT_REGISTER', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` } });
    expect(response.status).toBe(200);
    const seen = z.object({ headers: z.record(z.string(), z.string()), query: z.unknown() }).parse(await response.json());
    expect(seen.query).toEqual({ colour: 'green blue' });
    expect(seen.headers).toMatchObject({ 'kiban-purpose': 'RESIDENT_REGISTER', 'correlation-id': response.headers.get('correlation-id'), traceparent: expect.stringContaining('a'.repeat(32)) });
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('lets callers without a token pass where the contract says so, with a body of any type but a small one unless it is a picture, tells their address, and leaves a page its own policy', async () => {
    const page = await call('/api/echo/v1/pages/p1/a/b.html');
    expect([page.status, await page.json()]).toEqual([200, { 'page': 'p1', '*': 'a/b.html' }]);
    expect([page.headers.get('content-security-policy'), page.headers.get('x-content-type-options')]).toEqual(["default-src 'self'", 'nosniff']);
    const put = (body: string, type = 'text/html'): Promise<Response> => call('/api/echo/v1/pages/p1/a', { method: 'PUT', headers: { 'authorization': 'Basic x', 'content-type': type, 'client-address': '203.0.113.9' }, body });
    expect(await (await put('<p>')).json()).toEqual({ authorization: 'Basic x', address: expect.stringContaining('127.0.0.1') });
    expect((await put('x'.repeat(1_048_577))).status).toBe(413);
    expect([(await put('x'.repeat(1_048_577), 'image/jpeg')).status, (await put('x'.repeat(12 * 1_048_576 + 1), 'image/jpeg')).status]).toEqual([200, 413]);
    expect((await call('/api/echo/v1/pages/p1/a/b.html', { method: 'DELETE' })).status).toBe(401);
  });

  it('passes what moved to another context on to it, method, query and body as they are, and nothing beside it', async () => {
    const token = await tokenOf('municipality-990019');
    expect((await call('/api/silent/v1/former')).status).toBe(401);
    const asked = await call('/api/silent/v1/former?colour=green%20blue', { token });
    expect([asked.status, await asked.json()]).toEqual([200, { headers: expect.anything(), query: { colour: 'green blue' } }]);
    const posted = await call('/api/silent/v1/former', { method: 'POST', token, headers: { 'content-type': 'application/json' }, body: '{"a":1}' });
    expect(await posted.json()).toEqual({ body: { a: 1 } });
    expect(await (await call('/api/silent/v1/papers/p1/a/b.html', { token })).json()).toEqual({ 'page': 'p1', '*': 'a/b.html' });
    // Beside the declared paths all goes where it went: to a context that is away.
    for (const [path, status] of [['formerly', 503], ['former/..%2f..%2fhealth', 400], ['%66ormer', 404]]) expect((await call(`/api/silent/v1/${path}`, { token })).status).toBe(status);
  });

  it('answers unknown contexts, unknown versions and paths that climb with a problem', async () => {
    const token = await tokenOf('municipality-990019');
    for (const path of ['/api/nowhere/v1/things', '/api/echo/v2/things', '/nowhere']) {
      const response = await call(path, { token });
      expect([response.status, z.object({ code: z.string() }).parse(await response.json()).code]).toEqual([404, 'NOT_FOUND']);
    }
    expect((await call('/api/echo/v1/%2e%2e/%2e%2e/health/ready', { token })).status).not.toBe(200);
    expect((await call('/api/echo/v1/..%2f..%2fhealth', { token })).status).toBe(400);
  });

  it('streams 50 MB up and down; while the context does not read, the sender cannot send', async () => {
    const token = await tokenOf('municipality-990019');
    const size = 50 * 1024 * 1024;
    const sent = { bytes: 0 };
    const upload = call('/api/echo/v1/files?holdMs=1000', { method: 'POST', token, headers: { 'content-type': 'text/csv' }, body: streamOf(zeros(50, sent)), duplex: 'half' });
    await setTimeout(800);
    expect(sent.bytes).toBeGreaterThan(0);
    // What the sockets of both hops hold; a gateway that keeps bodies would have taken all.
    expect(sent.bytes).toBeLessThan(size / 2);
    expect(await (await upload).json()).toEqual({ bytes: size });
    const download = await call('/api/echo/v1/files', { token });
    let received = 0;
    for await (const chunk of download.body ?? []) received += chunk.length;
    expect(received).toBe(size);
  });

  it('lets a sender ask first (Expect: 100-continue), and lives on when one breaks off', async () => {
    const authorization = `Bearer ${await tokenOf('municipality-990019')}`;
    const begin = (length: number) => httpRequest(`${url}/api/echo/v1/files`, { method: 'POST', headers: { authorization, 'content-type': 'text/csv', 'content-length': length, expect: '100-continue' } });
    const polite = begin(200_000);
    polite.once('continue', () => polite.end(Buffer.alloc(200_000, '0')));
    polite.flushHeaders();
    const answer = await new Promise<number | undefined>((resolve) => polite.once('response', (response) => resolve(response.resume().statusCode)));
    expect(answer).toBe(200);
    for (const length of [1_000, 200_000]) {
      const broken = begin(length);
      broken.on('error', () => undefined);
      broken.once('continue', () => broken.write(Buffer.alloc(500, '0'), () => broken.destroy()));
      broken.flushHeaders();
      await new Promise((resolve) => broken.once('close', resolve));
    }
    expect((await call('/api/echo/v1/things', { headers: { authorization } })).status).toBe(200);
  });

  it('gives the connections of callers free who have gone before their answer', async () => {
    const token = await tokenOf('municipality-990019');
    // As many as the gateway holds to one context.
    const callers = Array.from({ length: 256 }, () => new AbortController());
    const answers = callers.map(({ signal }) => call('/api/echo/v1/never', { token, signal }).catch(() => 'gone'));
    await expect.poll(() => echo.held(), { timeout: 4_000 }).toBe(callers.length);
    for (const caller of callers) caller.abort();
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['gone']));
    await expect.poll(() => echo.held(), { timeout: 5_000 }).toBe(0);
    expect((await call('/api/echo/v1/things', { token, signal: AbortSignal.timeout(5_000) })).status).toBe(200);
  });

  it('stops soon, though a caller has connected and asked nothing', async () => {
    const silent = connect(Number(new URL(url).port), '127.0.0.1');
    silent.on('error', () => undefined);
    await once(silent, 'connect');
    const began = performance.now();
    await gateway.stop();
    expect(performance.now() - began).toBeLessThan(10_000);
    gateway = await startGateway(settingsFor(Number(new URL(url).port)), { contracts: contracts.folder });
  });

  it('keeps the limits of bodies, stated and unstated, and refuses other media types', async () => {
    const token = await tokenOf('municipality-990019');
    const post = (type: string, body: Body, extra: RequestInit = {}): Promise<Response> => call('/api/echo/v1/things', { method: 'POST', token, headers: { 'content-type': type }, body, ...extra });
    const code = async (response: Response): Promise<unknown> => [response.status, z.object({ code: z.string() }).parse(await response.json()).code];
    expect(await (await post('application/json', '{"a":1}')).json()).toEqual({ body: { a: 1 } });
    expect(await code(await post('application/json', JSON.stringify('x'.repeat(1_100_000))))).toEqual([413, 'BODY_TOO_LARGE']);
    expect(await code(await post('application/json', streamOf(zeros(2)), { duplex: 'half' }))).toEqual([413, 'BODY_TOO_LARGE']);
    expect(await code(await post('text/html', '<p>'))).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it('answers 503 with Retry-After when the context is away, and finds it again when it is back', async () => {
    const token = await tokenOf('municipality-990019');
    const away = await call('/api/silent/v1/things', { token, headers: { 'accept-language': 'en' } });
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await away.json()).toMatchObject({ code: 'UNAVAILABLE', title: 'Temporarily unavailable' });
    const port = Number(new URL(echo.http).port);
    await echo.stop();
    expect((await call('/api/echo/v1/things', { method: 'POST', token, headers: { 'content-type': 'application/json' }, body: '{}' })).status).toBe(503);
    const answer = call('/api/echo/v1/things', { token });
    const grpcBefore = echo.grpc;
    echo = { ...(await startEcho(contracts.folder, port)) };
    expect((await answer).status).toBe(200);
    expect(echo.grpc).not.toBe(grpcBefore);
    await gateway.stop();
    gateway = await startGateway(settingsFor(Number(new URL(url).port)), { contracts: contracts.folder });
  });

  it('gives each client its quota and no more; believes the tokens of an external provider by its key set', async () => {
    const port = await freePort();
    const small = await startGateway(settingsFor(port, { KIBAN_QUOTA_PER_SECOND: '5', KIBAN_OIDC: 'external', KIBAN_ISSUER: `${url}/oidc` }), { contracts: contracts.folder });
    expect((await fetch(`http://127.0.0.1:${port}/oidc/jwks`)).status).toBe(404);
    const [one, other] = [await tokenOf('agency-pension'), await tokenOf('verifier-tax')];
    const ask = (token: string): Promise<Response> => fetch(`http://127.0.0.1:${port}/api/echo/v1/things`, { headers: { authorization: `Bearer ${token}` } });
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(one)));
    const refused = answers.filter((answer) => answer.status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(5);
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(5);
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
    expect(await refused[0]?.json()).toMatchObject({ code: 'QUOTA_EXCEEDED', facts: { retryAfterSeconds: 1 } });
    expect((await ask(other)).status).toBe(200);
    await small.stop();
  });
});

describe('what it tells about itself', () => {
  it('merges the contracts and lists the proto files', async () => {
    const document = z.looseObject({ paths: z.record(z.string(), z.unknown()), components: z.unknown() }).parse(await (await fetch(`${url}/api/openapi.json`)).json());
    expect(Object.keys(document.paths)).toEqual(['/api/echo/v1/things', '/api/echo/v1/pages/{page}/{path}', '/api/silent/v1/things']);
    expect(document.components).toMatchObject({ schemas: { Problem: {} }, securitySchemes: { accessToken: {} } });
    expect(await (await fetch(`${url}/api/asyncapi.json`)).json()).toEqual({ asyncapi: '3.0.0' });
    const { items } = z.object({ items: z.array(z.object({ href: z.string() })) }).parse(await (await fetch(`${url}/api/proto/`)).json());
    expect(await (await fetch(`${url}${items[0]?.href}`)).text()).toContain('package kiban.echo.v1;');
  });

  it('tells which contexts are ready', async () => {
    const ready = await fetch(`${url}/health/ready`);
    expect([ready.status, await ready.text()]).toEqual([503, 'echo ready\nsilent not ready\ngateway ready\n']);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/kiban_gateway_seconds_count\{context="echo",door="http",outcome="passed"\}/);
  });

  it('shows a status page in both languages and an explorer that asks nobody else', async () => {
    for (const language of ['ja', 'en']) {
      const page = await (await fetch(`${url}/`, { headers: { 'accept-language': language } })).text();
      expect(page).toContain(`<html lang="${language}">`);
      expect(page).toMatch(/silent<\/th><td class="not-ready"/);
      expect(page).not.toMatch(/(src|href)="https?:/);
    }
    const explorer = await fetch(`${url}/docs/`);
    const html = await explorer.text();
    expect(explorer.headers.get('content-security-policy')).toContain("script-src 'self'");
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(files).toHaveLength(4);
    for (const file of files) expect((await fetch(`${url}/docs/${file}`)).status).toBe(200);
    expect(await (await fetch(`${url}/docs/explorer.js`)).text()).toContain("url: '/api/openapi.json'");
  });
});

it('after tokens nobody follows every promise of the process any more', async () => {
  const disabled = vi.spyOn(providerContext, 'disable');
  await Promise.all([tokenOf('agency-pension'), tokenOf('agency-pension'), tokenOf('auditor-1')]);
  await expect.poll(() => disabled.mock.calls.length).toBeGreaterThan(0);
  disabled.mockRestore();
});

describe('the gRPC door', () => {
  const proto = new URL('echo/proto/echo.proto', contracts.folder);
  type Echo = Record<'Say' | 'Refuse', { path: string; requestSerialize: (value: object) => Buffer; responseDeserialize: (bytes: Buffer) => unknown }>;

  async function ask(method: 'Say' | 'Refuse', metadata: Record<string, string>, deadlineMs = 5_000): Promise<{ value?: unknown; error?: ServiceError }> {
    loadProto(proto);
    const definition = (serviceOf(proto, 'echo', 'Echo') as unknown as Echo)[method];
    const client = new Client(`127.0.0.1:${gateway.grpcPort}`, credentials.createInsecure());
    const sent = new Metadata();
    for (const [name, value] of Object.entries(metadata)) sent.set(name, value);
    return new Promise((resolve) => {
      client.makeUnaryRequest(definition.path, definition.requestSerialize, definition.responseDeserialize, { text: '髙﨑𠮷' }, sent, { deadline: Date.now() + deadlineMs }, (error, value) => {
        client.close();
        resolve(error === null ? { value } : { error });
      });
    });
  }

  it('passes calls on with their metadata', async () => {
    const { value } = await ask('Say', { authorization: `Bearer ${await tokenOf('agency-pension')}`, 'kiban-purpose': 'PENSION_CURRENT_STATUS', 'correlation-id': 'corr-0001' });
    expect(value).toMatchObject({ text: '髙﨑𠮷', purpose: 'PENSION_CURRENT_STATUS', correlationId: 'corr-0001' });
  });

  type Streams = Record<'SayOften' | 'SayEach', { path: string; requestSerialize: (value: object) => Buffer; responseDeserialize: (bytes: Buffer) => { text: string; purpose: string } }>;

  /** The answers of a stream up to its end or fault. */
  async function stream(texts: readonly string[], token: string | undefined): Promise<{ said: string[]; purpose?: string | undefined; error?: ServiceError }> {
    loadProto(proto);
    const both = texts.length !== 1;
    const { path, requestSerialize, responseDeserialize } = (serviceOf(proto, 'echo', 'Echo') as unknown as Streams)[both ? 'SayEach' : 'SayOften'];
    const client = new Client(`127.0.0.1:${gateway.grpcPort}`, credentials.createInsecure());
    const sent = new Metadata();
    if (token !== undefined) sent.set('authorization', `Bearer ${token}`);
    sent.set('kiban-purpose', 'PENSION_CURRENT_STATUS');
    const duplex = both ? client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, sent) : undefined;
    for (const text of texts) duplex?.write({ text });
    duplex?.end();
    const answers = duplex ?? client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, { text: texts[0] ?? '' }, sent);
    const said: string[] = [];
    let purpose: string | undefined;
    try {
      for await (const message of answers as AsyncIterable<{ text: string; purpose: string }>) {
        said.push(message.text);
        ({ purpose } = message);
      }
      return { said, purpose };
    } catch (error) {
      return { said, purpose, error: error as ServiceError };
    } finally {
      client.close();
    }
  }

  it('passes streams on, more than is held in between, with their end, their fault and their metadata; without a token there is none', async () => {
    const token = await tokenOf('agency-pension');
    const often = await stream(['4000'], token);
    expect([often.said.length, often.said.at(-1), often.purpose, often.error]).toEqual([4_000, '4000', 'PENSION_CURRENT_STATUS', undefined]);
    const texts = Array.from({ length: 4_000 }, (_, index) => `髙${index}`);
    expect((await stream(texts, token)).said).toEqual(texts);
    const refused = await stream(['0'], token);
    expect(refused).toMatchObject({ said: [], error: { code: status.PERMISSION_DENIED } });
    expect(String(refused.error?.metadata.get('grpc-status-details-bin')[0])).toMatch(/OUT_OF_JURISDICTION.*upstream-said-so/s);
    expect(await stream(['a', 'b', 'stop', 'c'], token)).toMatchObject({ error: { code: status.PERMISSION_DENIED } });
    expect(await stream(['5'], undefined)).toMatchObject({ said: [], error: { code: status.UNAUTHENTICATED } });
  });

  it('gives the status and the details of the context back unchanged, and its own in the same form', async () => {
    const { error } = await ask('Refuse', { authorization: `Bearer ${await tokenOf('agency-pension')}` });
    expect(error?.code).toBe(status.PERMISSION_DENIED);
    expect(String(error?.metadata.get('grpc-status-details-bin')[0])).toMatch(/OUT_OF_JURISDICTION.*upstream-said-so/s);
    const nobody = await ask('Say', {});
    expect(nobody.error?.code).toBe(status.UNAUTHENTICATED);
    expect(String(nobody.error?.metadata.get('grpc-status-details-bin')[0])).toContain('urn:kiban:problem:platform');
    expect(await auditEntries()).toContainEqual(expect.objectContaining({ object: 'api:echo', code: 'UNAUTHENTICATED', facts: { reason: 'NO_TOKEN', address: '127.0.0.1' } }));
  });

  it('is found by reflection and answers health by context', async () => {
    const folder = dirname(createRequire(import.meta.url).resolve('@grpc/reflection/package.json'));
    const file = ['build/proto/grpc/reflection/v1/reflection.proto', 'proto/grpc/reflection/v1/reflection.proto'].map((path) => join(folder, path)).find((path) => existsSync(path)) ?? '';
    const definition = loadSync(file, { oneofs: true });
    const entry = definition['grpc.reflection.v1.ServerReflection'];
    if (entry === undefined || 'format' in entry) throw new Error('reflection proto has changed');
    loadPackageDefinition(definition);
    const method = entry['ServerReflectionInfo'];
    if (method === undefined) throw new Error('reflection proto has changed');
    const client = new Client(`127.0.0.1:${gateway.grpcPort}`, credentials.createInsecure());
    const stream = client.makeBidiStreamRequest(method.path, method.requestSerialize, method.responseDeserialize);
    const answer = new Promise((resolve) => stream.once('data', resolve));
    stream.write({ listServices: '' });
    expect(JSON.stringify(await answer)).toContain('kiban.echo.v1.Echo');
    stream.end();
    client.close();
  });
});

const openssl = spawnSync('openssl', ['version']).status === 0;

describe('mutual TLS (RFC 8705)', () => {
  it.skipIf(!openssl)('issues tokens bound to the certificate of the client, which no other connection can use (needs the openssl program)', async () => {
    const make = (name: string, subject: string): { cert: string; key: string } => {
      const [cert, key] = [join(keys, `${name}.crt`), join(keys, `${name}.key`)];
      execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-keyout', key, '-out', cert, '-subj', subject, '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' });
      return { cert, key };
    };
    const server = make('server', '/CN=127.0.0.1');
    const client = make('client', '/O=Tax office/CN=verifier-tax');
    const stranger = make('stranger', '/O=Tax office/CN=verifier-tax');
    execFileSync('cp', [client.cert, join(keys, 'clients', 'verifier-tax.crt')]);
    // A second client whose certificate an authority issued.
    const authority = make('authority', '/CN=Authority of clients');
    const [issued, csr] = [{ cert: join(keys, 'clients', 'agency-pension.crt'), key: join(keys, 'issued.key') }, join(keys, 'issued.csr')];
    execFileSync('openssl', ['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', issued.key, '-out', csr, '-subj', '/O=Pension agency/CN=agency-pension'], { stdio: 'ignore' });
    execFileSync('openssl', ['x509', '-req', '-in', csr, '-CA', authority.cert, '-CAkey', authority.key, '-CAcreateserial', '-days', '2', '-out', issued.cert], { stdio: 'ignore' });
    const imposter = make('imposter', '/O=Pension agency/CN=agency-pension');
    const port = await freePort();
    const secure = await startGateway(settingsFor(port, { KIBAN_TLS_CERT: server.cert, KIBAN_TLS_KEY: server.key, KIBAN_TLS_CLIENT_CA: authority.cert }), { contracts: contracts.folder });
    const send = (path: string, identity: { cert: string; key: string } | undefined, options: { method?: string; body?: string; headers?: Record<string, string> } = {}): Promise<{ status: number; json: unknown }> =>
      new Promise((resolve, reject) => {
        const files = identity === undefined ? {} : { cert: readFileSync(identity.cert), key: readFileSync(identity.key) };
        const request = httpsRequest({ host: '127.0.0.1', port, path, agent: false, ca: readFileSync(server.cert), ...files, method: options.method ?? 'GET', headers: options.headers ?? {} }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, json: JSON.parse(Buffer.concat(chunks).toString()) }));
        });
        request.on('error', reject);
        request.end(options.body);
      });
    const form = { method: 'POST', body: 'grant_type=client_credentials&client_id=verifier-tax', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expect((await send('/oidc/token', stranger, form)).status).toBe(401);
    expect((await send('/oidc/token', undefined, form)).status).toBe(401);
    const { access_token: token } = tokenAnswer.parse((await send('/oidc/token', client, form)).json);
    const headers = { authorization: `Bearer ${token}` };
    expect((await send('/api/echo/v1/things', client, { headers })).status).toBe(200);
    for (const other of [stranger, undefined]) {
      const refused = await send('/api/echo/v1/things', other, { headers });
      expect(refused).toMatchObject({ status: 401, json: { facts: { reason: 'CERTIFICATE_MISMATCH' } } });
    }
    const pension = { ...form, body: 'grant_type=client_credentials&client_id=agency-pension' };
    expect((await send('/oidc/token', imposter, pension)).status).toBe(401);
    const bound = tokenAnswer.parse((await send('/oidc/token', issued, pension)).json).access_token;
    const definition = (serviceOf(new URL('echo/proto/echo.proto', contracts.folder), 'echo', 'Echo'))['Say'];
    if (definition === undefined) throw new Error('no such method');
    const say = (as: { cert: string; key: string }): Promise<unknown> => new Promise((resolve) => {
      const client = new Client(`127.0.0.1:${secure.grpcPort}`, credentials.createSsl(readFileSync(server.cert), readFileSync(as.key), readFileSync(as.cert)));
      const metadata = new Metadata();
      metadata.set('authorization', `Bearer ${bound}`);
      client.makeUnaryRequest(definition.path, definition.requestSerialize, definition.responseDeserialize, { text: 'hello' }, metadata, { deadline: Date.now() + 5_000 }, (error, value) => {
        client.close();
        resolve(error ?? value);
      });
    });
    expect(await say(issued)).toMatchObject({ text: 'hello' });
    expect(await say(imposter)).toBeInstanceOf(Error);
    expect((await send('/oidc/.well-known/openid-configuration', undefined)).json).toMatchObject({ issuer: `https://127.0.0.1:${port}/oidc`, tls_client_certificate_bound_access_tokens: true });
    await secure.stop();
  });
});

describe('settings', () => {
  it('are refused with the name of what is wrong', () => {
    expect(() => settingsFor(0, { KIBAN_TLS_CERT: '/nowhere' })).toThrow('KIBAN_TLS_CERT and KIBAN_TLS_KEY: needed together');
    expect(() => settingsFor(0, { KIBAN_OIDC: 'external' })).toThrow('KIBAN_ISSUER: required');
    expect(() => settingsFor(0, { KIBAN_QUOTA_PER_SECOND: 'many' })).toThrow('KIBAN_QUOTA_PER_SECOND');
  });
});
