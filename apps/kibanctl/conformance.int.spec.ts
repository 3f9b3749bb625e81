import Fastify, { type FastifyInstance } from 'fastify';
import { exportJWK, generateKeyPair, decodeJwt } from 'jose';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { conformanceCases, conformanceSet } from '#contracts/juki-net';
import { jukiNetModule } from '#contexts/juki-net';
import { startEstate, type TestEstate } from '#testing';
import { kibanctl } from './kibanctl.js';
import { recordedTerminal } from './recorded-terminal.fixture.js';

const data = mkdtempSync(join(tmpdir(), 'kibanctl-conformance-'));
const report = z.object({
  passed: z.number(), failed: z.number(), skipped: z.number(),
  cases: z.array(z.object({ id: z.string(), outcome: z.string(), steps: z.array(z.object({ step: z.number(), passed: z.boolean(), fault: z.string().optional(), got: z.unknown().optional() })) })),
});
const shipped = conformanceSet(readFileSync(conformanceCases, 'utf8'));
let estate: TestEstate;
let door: FastifyInstance;
let url = '';

/** A gateway before the estate: tokens for the clients' own keys, everything else handed on. */
async function openDoor(): Promise<FastifyInstance> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  mkdirSync(join(data, 'keys', 'clients'), { recursive: true });
  for (const code of ['990019', '990027']) writeFileSync(join(data, 'keys', 'clients', `municipality-${code}.jwk.json`), JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'k', alg: 'ES256' }));
  const server = Fastify();
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  server.get('/oidc/.well-known/openid-configuration', () => ({ issuer: `${url}/oidc`, token_endpoint: `${url}/oidc/token` }));
  server.post('/oidc/token', async (request) => {
    const client = String(decodeJwt(new URLSearchParams(String(request.body)).get('client_assertion') ?? '').sub);
    return { access_token: await estate.token({ clientId: client, kind: 'municipality', organisation: client.slice(-6), operator: 'clerk-1' }), token_type: 'Bearer', expires_in: 600 };
  });
  server.all('/api/*', async (request, reply) => {
    const headers = Object.fromEntries(['authorization', 'kiban-purpose', 'idempotency-key', 'content-type'].flatMap((name) => (request.headers[name] === undefined ? [] : [[name, String(request.headers[name])]])));
    const response = await fetch(`http://127.0.0.1:${estate.running.httpPort}${request.url}`, { method: request.method, headers, ...(request.method === 'GET' ? {} : { body: String(request.body) }) });
    return reply.code(response.status).type(response.headers.get('content-type') ?? 'text/plain').send(await response.text());
  });
  return server;
}

beforeAll(async () => {
  estate = await startEstate([jukiNetModule]);
  door = await openDoor();
  url = await door.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await door.close();
  await estate.stop();
  rmSync(data, { recursive: true, force: true });
});

const own = ['conformance', '--training', '--as', 'municipality-990019', '--municipality', '990019'];
const partner = ['--partner', 'municipality-990027', '--partner-municipality', '990027'];
async function conform(...args: string[]): Promise<{ code: number; output: string; notes: string }> {
  const terminal = recordedTerminal();
  const code = await kibanctl([...args, '--url', url, '--data', data], terminal);
  return { code, output: terminal.output(), notes: terminal.notes() };
}

describe('kibanctl conformance', () => {
  it('JUKI-8 the register passes all cases: V1 to V7, sequences, bad inputs, a file with bad rows, sent again', async () => {
    const file = join(data, 'report.json');
    const { code, output } = await conform(...own, ...partner, '--first-serial', '1000', '--report', file);
    const { cases, ...counts } = report.parse(JSON.parse(readFileSync(file, 'utf8')));
    expect(cases.filter(({ outcome }) => outcome !== 'PASSED')).toEqual([]);
    expect([code, counts]).toEqual([0, { passed: shipped.cases.length, failed: 0, skipped: 0 }]);
    for (const id of ['V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'V7', 'FILE']) expect(output).toMatch(new RegExp(`^${id} +PASSED `, 'm'));
  });

  it('skips what needs a second municipality when there is none', async () => {
    const { code, output } = await conform(...own, '--first-serial', '2000', '--json');
    const { cases, failed, skipped } = report.parse(JSON.parse(output));
    expect([code, failed]).toEqual([0, 0]);
    expect(skipped).toBe(shipped.cases.filter(({ steps }) => steps.some((step) => step.as === 'B')).length);
    expect(cases.find(({ id }) => id === 'V1')).toMatchObject({ outcome: 'SKIPPED', steps: [] });
  });

  it.each([
    ['an answer', 'V5', (text: string) => text.replace('"repeated": true', '"repeated": false'), '/body/repeated'],
    ['an effect', 'V2', (text: string) => text.replace('"personStatus": "IN_TRANSIT"', '"personStatus": "RESIDENT"'), '/effects/personStatus'],
    ['a row of a file', 'FILE', (text: string) => text.replace('"line": 4', '"line": 5'), '/body/faults/1/line'],
    ['a text that must not be told', 'BAD-UNKNOWN', (text: string) => text.replace(/("BAD-UNKNOWN"[^]*?"effects": null)/, '$1, "absent": ["RESIDENT_UNKNOWN"]'), '/absent'],
  ])('fails when %s is expected otherwise', async (_what, id, plant, fault) => {
    const planted = plant(readFileSync(conformanceCases, 'utf8'));
    const file = join(data, 'cases.json');
    writeFileSync(file, JSON.stringify({ ...conformanceSet(planted), cases: conformanceSet(planted).cases.filter((each) => each.id === id) }));
    const { code, output, notes } = await conform(...own, '--cases', file, '--json');
    expect(report.parse(JSON.parse(output)).cases[0]).toMatchObject({ outcome: 'FAILED' });
    expect(report.parse(JSON.parse(output)).cases[0]?.steps.at(-1)).toMatchObject({ passed: false, fault });
    expect([code, notes]).toEqual([1, expect.stringContaining('1 of 1 cases failed.')]);
  });

  it('wants to be told that the register is one of training, and well-formed arguments', async () => {
    expect((await conform('conformance', '--as', 'municipality-990019', '--municipality', '990019')).code).toBe(2);
    expect((await conform(...own, '--partner', 'municipality-990027')).code).toBe(2);
    writeFileSync(join(data, 'none.json'), '{}');
    expect((await conform(...own, '--cases', join(data, 'none.json'))).code).toBe(2);
  });
});
