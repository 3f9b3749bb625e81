import Fastify, { type FastifyInstance } from 'fastify';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sendProblem } from '#platform';
import type { Door } from '../door.js';
import { addProxy } from './proxy.js';

/** A process of a context that tells its name; one that hangs goes on to accept connections, and answers nothing more. */
class Process {
  hangs = false;
  port = 0;
  private server: FastifyInstance | undefined;

  constructor(readonly name: string) {}

  async start(): Promise<string> {
    const server = Fastify({ forceCloseConnections: true });
    server.addHook('onRequest', async () => (this.hangs ? new Promise<void>(() => undefined) : undefined));
    server.get('/health/ready', () => 'spec ready\n');
    server.all('/api/spec/v1/things', (request) => ({ name: this.name, body: request.body }));
    const address = await server.listen({ port: this.port, host: '127.0.0.1' });
    this.port = Number(new URL(address).port);
    this.server = server;
    return address;
  }

  async kill(): Promise<void> {
    await this.server?.close();
  }
}

const [one, other] = [new Process('one'), new Process('other')];
const server: FastifyInstance = Fastify();
let url: string;

beforeAll(async () => {
  server.setErrorHandler(sendProblem);
  const door = { admit: () => Promise.resolve() } as unknown as Door;
  addProxy(server, { door, upstreams: new Map([['spec', [await one.start(), await other.start()]]]), knownRoutes: [], movedPaths: [], places: 8, uploadLimit: 1_000, headers: {} });
  url = await server.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  await server.close();
  await Promise.all([one.kill(), other.kill()]);
});

async function send(method = 'POST'): Promise<string> {
  const body = method === 'POST' ? { body: '{"a":1}', headers: { 'content-type': 'application/json' } } : {};
  const response = await fetch(`${url}/api/spec/v1/things`, { method, ...body });
  const { name, body: seen } = z.object({ name: z.string().optional(), body: z.unknown().optional() }).parse(await response.json());
  if (method === 'POST' && response.ok) expect(seen).toEqual({ a: 1 });
  return response.ok ? (name ?? '') : `${response.status} ${response.headers.get('retry-after')}`;
}
const sendAll = (count: number): Promise<string[]> => Promise.all(Array.from({ length: count }, (_none, index) => send(index % 2 === 0 ? 'POST' : 'GET')));

describe('the processes of a context', () => {
  it('CARD-4.12 Q1 one of two dies: commands and questions go on at the other, none is lost; it takes its turn again when it is back', async () => {
    expect(new Set(await sendAll(10))).toEqual(new Set(['one', 'other']));
    await one.kill();
    const from = performance.now();
    expect(new Set(await sendAll(20))).toEqual(new Set(['other']));
    expect(performance.now() - from).toBeLessThan(5_000);
    await one.start();
    for (const until = performance.now() + 10_000; !(await sendAll(4)).includes('one') && performance.now() < until; await setTimeout(100));
    expect(new Set(await sendAll(10))).toEqual(new Set(['one', 'other']));
  });

  it('CARD-4.12 Q2 one accepts and never answers, as with a device that hangs: within ten seconds it is left, who waits for it is told to come again, the others go on', async () => {
    one.hangs = true;
    const from = performance.now();
    expect((await Promise.all([send(), send()])).sort()).toEqual(['503 2', 'other']);
    expect(performance.now() - from).toBeLessThan(10_000);
    const then = performance.now();
    expect(new Set(await sendAll(10))).toEqual(new Set(['other']));
    expect(performance.now() - then).toBeLessThan(2_000);
  });
});
