import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import Fastify, { type FastifyInstance } from 'fastify';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { z } from 'zod';
import { PARTNER_STREAM } from '#kernel';
import { ensurePartnerStream } from '#platform';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort, startNats, type NatsServer } from '#testing/servers';
import { kibanctl } from './kibanctl.js';
import { recordedTerminal } from './recorded-terminal.fixture.js';

const data = mkdtempSync(join(tmpdir(), 'kibanctl-'));
const received: { authorization: string | undefined; purpose: unknown; type: string | undefined; body: string }[] = [];
let gateway: FastifyInstance;
let url = '';
let nats: NatsServer;

async function run(...args: string[]): Promise<{ code: number; output: string; notes: string }> {
  const terminal = recordedTerminal();
  const code = await kibanctl([...args, '--url', url, '--data', data], terminal);
  return { code, output: terminal.output(), notes: terminal.notes() };
}

/** The paths of a gateway that kibanctl asks, with answers as the contexts give them. */
async function standInGateway(): Promise<FastifyInstance> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const kid = 'key-1';
  mkdirSync(join(data, 'keys', 'clients'), { recursive: true });
  for (const client of ['municipality-990019', 'operator-1', 'auditor-1']) {
    writeFileSync(join(data, 'keys', 'clients', `${client}.jwk.json`), JSON.stringify({ ...(await exportJWK(privateKey)), kid, alg: 'ES256' }));
  }
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256' }] });
  const server = Fastify();
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))));
  server.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload));
  server.get('/oidc/.well-known/openid-configuration', () => ({ issuer: `${url}/oidc`, token_endpoint: `${url}/oidc/token` }));
  server.post('/oidc/token', async (request) => {
    const form = z.object({ client_assertion: z.string(), grant_type: z.literal('client_credentials') }).parse(request.body);
    const { payload } = await jwtVerify(form.client_assertion, keys, { audience: `${url}/oidc`, requiredClaims: ['jti', 'exp'] });
    return { access_token: `token-of-${payload.sub}`, token_type: 'Bearer', expires_in: 600 };
  });
  server.get('/health/ready', (_request, reply) => reply.code(503).send('juki-net ready\njpki-ca not ready\ngateway ready\n'));
  addApi(server);
  return server;
}

function addApi(server: FastifyInstance): void {
  let looks = 0;
  server.post('/api/juki-net/v1/notice-files', async (request, reply) => {
    const chunks = request.body instanceof Readable ? await request.body.toArray() : [];
    received.push({ authorization: request.headers.authorization, purpose: request.headers['kiban-purpose'], type: request.headers['content-type'], body: Buffer.concat(chunks).toString() });
    return reply.code(202).send({ fileId: 'file-1', jobId: 'job-1' });
  });
  server.get('/api/juki-net/v1/jobs/job-1', () => {
    looks += 1;
    return looks === 1 ? { state: 'RUNNING', done: 1, total: 3, result: null, fault: null } : { state: 'SUCCEEDED', done: 3, total: 3, result: { applied: 2, rejected: 1 }, fault: null };
  });
  server.get<{ Querystring: { after: string } }>('/api/juki-net/v1/notice-files/file-1/faults', (request) =>
    request.query.after === '0' ? { items: [{ line: 3, column: 'residentCode', code: 'CHECK_DIGIT' }], next: 3 } : { items: [{ line: 9, column: null, code: 'COLUMN_COUNT' }] });
  for (const [context, whole] of [['juki-net', true], ['jpki-ca', false], ['gateway', true]] as const) {
    server.get(`/api/${context}/v1/audit-verification`, () => ({ whole, lines: 7, unsealed: 0, head: 'abcd', ...(whole ? {} : { fault: { seq: 4, kind: 'HASH_DIFFERS' } }) }));
    server.get(`/api/${context}/v1/dead-letters`, () => ({ items: [] }));
  }
  server.post('/api/juki-net/v1/dead-letters/letter-1/redrive', (_request, reply) =>
    reply.code(404).type('application/problem+json').send(JSON.stringify({ type: 'urn:kiban:problem:platform:NOT_FOUND', code: 'NOT_FOUND', title: 'Not found', status: 404, correlationId: 'corr-0001' })));
}

beforeAll(async () => {
  const natsPort = await freePort();
  vi.stubEnv('KIBAN_NATS_PORT', String(natsPort));
  vi.stubEnv('NATS_URL', undefined);
  nats = await startNats({ folder: data, port: natsPort, partnerStreams: [PARTNER_STREAM], tools: resolve(process.env['KIBAN_DATA'] ?? '.kiban', 'tools') });
  gateway = await standInGateway();
  url = await gateway.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await gateway.close();
  await nats.stop();
  vi.unstubAllEnvs();
  rmSync(data, { recursive: true, force: true });
});

describe('kibanctl against a gateway', () => {
  it('tells the state of the contexts and ends with 1 while one is not ready', async () => {
    expect(await run('status')).toMatchObject({ code: 1, output: 'CONTEXT   STATE\njuki-net  ready\njpki-ca   not ready\ngateway   ready\n' });
    expect(JSON.parse((await run('status', '--json')).output)).toMatchObject({ ready: false });
  });

  it('prints only the token', async () => {
    expect(await run('token', '--as', 'operator-1')).toMatchObject({ code: 0, output: 'token-of-operator-1\n', notes: '' });
  });

  it('sends a file, follows the job and lists the faults', async () => {
    const file = join(data, 'intake.csv');
    writeFileSync(file, 'municipalSeq,residentCode\r\n1,x\r\n');
    const { code, output, notes } = await run('import', file, '--as', 'municipality-990019', '--municipality', '990019', '--follow');
    expect(code).toBe(0);
    expect(received).toEqual([{ authorization: 'Bearer token-of-municipality-990019', purpose: 'RESIDENT_REGISTER', type: 'text/csv', body: 'municipalSeq,residentCode\r\n1,x\r\n' }]);
    expect(output).toMatch(/state +SUCCEEDED\nrows +3\napplied +2\nrejected +1\n\nLINE +COLUMN +CODE\n3 +residentCode +CHECK_DIGIT\n9 +- +COLUMN_COUNT\n$/);
    expect(notes).toContain('running: 1 of 3 rows (33 %)');
  });

  it('names the broken audit chain and ends with 1', async () => {
    const { code, output, notes } = await run('audit', 'verify');
    expect(code).toBe(1);
    expect(output).toMatch(/jpki-ca +broken at 4: HASH_DIFFERS/);
    expect(notes).toContain('The audit chain is broken: jpki-ca.');
    expect((await run('audit', 'verify', '--context', 'juki-net')).code).toBe(0);
  });

  it('shows a refusal as its code and title', async () => {
    expect(await run('events', 'dead-letters')).toMatchObject({ code: 0, output: 'There are no dead letters.\n' });
    expect(await run('events', 'dead-letters', '--context', 'juki-net', '--redrive', 'letter-1')).toMatchObject({ code: 1, notes: 'kibanctl: NOT_FOUND: Not found [corr-0001]\n  Look the id up with the list of the same kind.' });
    expect(await run('call', 'POST', '/api/juki-net/v1/dead-letters/letter-1/redrive', '--as', 'operator-1')).toMatchObject({ code: 1, output: expect.stringContaining('"code": "NOT_FOUND"') });
  });
});

describe('kibanctl and the event stream', () => {
  it('prints the events of the wanted subjects in order, from the start, as the read-only partner', async () => {
    const connection = await connect({ servers: `127.0.0.1:${nats.port}`, user: 'kiban', pass: new URL(nats.url).password });
    const manager = await jetstreamManager(connection);
    for (const context of ['juki-net', 'numbering']) await manager.streams.add({ name: `KIBAN_${context.replace('-', '_').toUpperCase()}`, subjects: [`kiban.${context}.>`] });
    await ensurePartnerStream(manager, ['juki-net', 'numbering']);
    for (const n of [1, 2, 3]) await jetstream(connection).publish('kiban.juki-net.resident.moved-in.v1', JSON.stringify({ n }));
    await jetstream(connection).publish('kiban.juki-net.notice-file.completed.v1', JSON.stringify({ n: 4 }));
    await jetstream(connection).publish('kiban.numbering.number.designated.v1', JSON.stringify({ n: 5 }));
    const residents = await run('events', 'tail', '--subject', 'kiban.*.resident.>', '--from-start', '--count', '3');
    expect(residents).toMatchObject({ code: 0, output: '{"n":1}\n{"n":2}\n{"n":3}\n' });
    const all = await run('events', 'tail', '--from-start', '--count', '5');
    expect(all.output.trim().split('\n').sort()).toEqual([1, 2, 3, 4, 5].map((n) => JSON.stringify({ n })));
    const live = run('events', 'tail', '--subject', 'kiban.numbering.>', '--count', '1');
    const timer = setInterval(() => connection.publish('kiban.numbering.number.changed.v1', JSON.stringify({ n: 6 })), 100);
    expect((await live).output).toBe('{"n":6}\n');
    clearInterval(timer);
    await connection.close();
    const credentials = z.object({ url: z.string(), user: z.string(), password: z.string() }).parse(JSON.parse((await run('partner-credentials', '--json')).output));
    expect(credentials).toEqual({ url: nats.partner.server, user: nats.partner.user, password: nats.partner.password });
  });

  it('tells that no stream answers', async () => {
    vi.stubEnv('KIBAN_NATS_PORT', '9');
    expect(await run('events', 'tail')).toMatchObject({ code: 3, notes: expect.stringContaining('No event stream answers at nats://127.0.0.1:9.') });
  });
});
