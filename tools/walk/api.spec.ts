import { generateKeyPair, exportJWK } from 'jose';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { Api } from './api.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const keys = mkdtempSync(join(tmpdir(), 'walk-'));
/** What is answered next; then everything is well. */
const answers: Answer[] = [];
const asked: (readonly [string | undefined, unknown])[] = [];
const server = createServer((request, response) => {
  asked.push([request.url, request.headers['idempotency-key']]);
  (answers.shift() ?? whole)(request, response);
});

const whole: Answer = ({ url }, response) => response.end(JSON.stringify(url === '/token' ? { access_token: 'token', token_type: 'Bearer', expires_in: 600 } : { done: true }));
const brokenOff: Answer = (_request, response) => response.writeHead(200, { 'content-length': 100 }).write('{', () => response.destroy());

beforeAll(async () => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  mkdirSync(join(keys, 'clients'));
  writeFileSync(join(keys, 'clients', 'operator-1.jwk.json'), JSON.stringify({ ...(await exportJWK(privateKey)), alg: 'ES256', kid: 'k' }));
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => {
  server.close();
  rmSync(keys, { recursive: true, force: true });
});

function client(): Api {
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return new Api({ gateway: address, issuer: address, keys });
}

it('sends again, as the same request, what got half an answer', async () => {
  answers.push(whole, brokenOff);
  expect(await client().call('POST', '/things', { as: 'operator-1', body: {} }, z.object({ done: z.boolean() }))).toEqual({ done: true });
  const sent = asked.filter(([url]) => url === '/things').map(([, key]) => key);
  expect(sent).toEqual([expect.stringMatching(/./), sent[0]]);
});

it('asks again for a token whose answer broke off, which is no fault of this side', async () => {
  const api = client();
  answers.push(brokenOff);
  await expect(api.token('operator-1')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(await api.token('operator-1')).toBe('token');
});
