import fc from 'fast-check';
import Fastify, { type FastifyInstance } from 'fastify';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { PRIORITIES, sendProblem, type Priority } from '#platform';
import type { Door } from './door.js';
import { addProxy } from './http/proxy.js';
import { Turnstile } from './turnstile.js';

describe('priority classes (CARD-4.12 Q3, Q4)', () => {
  it('CARD-4.12 Q4 what is full for presets has room for stop orders; the lower class leaves first', async () => {
    const gate = new Turnstile({ context: 'spec', places: 4 });
    const presets = [gate.enter('PRESET'), gate.enter('PRESET'), gate.enter('PRESET')];
    const leave = await Promise.all(presets);
    const outcome: string[] = [];
    const note = (name: string, entered: Promise<() => void>): Promise<void> => entered.then(() => void outcome.push(name), () => void outcome.push(`${name} shed`));
    const all = [note('report 1', gate.enter('REPORT')), note('report 2', gate.enter('REPORT')), note('preset 4', gate.enter('PRESET')), note('ordinary', gate.enter('ORDINARY'))];
    await note('stop', gate.enter('STOP'));
    expect(outcome).toEqual(['stop']);
    all.push(note('hand-over', gate.enter('HANDOVER')));
    await Promise.resolve();
    await setTimeout(0);
    expect(outcome).toEqual(['stop', 'report 2 shed']);
    leave[0]?.();
    leave[1]?.();
    leave[2]?.();
    await Promise.all(all);
    expect(outcome.slice(0, 4)).toEqual(['stop', 'report 2 shed', 'hand-over', 'preset 4']);
    expect(outcome.slice(4).sort()).toEqual(['ordinary shed', 'report 1 shed']);
  });

  it('CARD-4.12 Q3 who is not let in is told within 200 ms, a stop order waits', async () => {
    vi.useFakeTimers();
    try {
      const gate = new Turnstile({ context: 'spec', places: 4 });
      const [leave] = await Promise.all([1, 2, 3, 4].map(() => gate.enter('STOP')));
      const told: string[] = [];
      for (const priority of ['PRESET', 'STOP'] as const) gate.enter(priority).then(() => told.push(`${priority} in`), () => told.push(`${priority} shed`));
      await vi.advanceTimersByTimeAsync(199);
      expect(told).toEqual(['PRESET shed']);
      await vi.advanceTimersByTimeAsync(5_000);
      leave?.();
      await vi.advanceTimersByTimeAsync(0);
      expect(told).toEqual(['PRESET shed', 'STOP in']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('CARD-4.12 Q3 whatever comes and goes: never more inside than places, everybody is answered, and at the end nobody is left', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom(...PRIORITIES), { maxLength: 40 }), fc.integer({ min: 1, max: 6 }), async (arrivals, places) => {
      const gate = new Turnstile({ context: 'spec', places });
      let [inside, most] = [0, 0];
      const answers = await Promise.all(arrivals.map(async (priority) => {
        const leave = await gate.enter(priority).catch(() => undefined);
        if (leave === undefined) return 'shed';
        most = Math.max(most, (inside += 1));
        await setTimeout(0);
        inside -= 1;
        leave();
        leave();
        return 'served';
      }));
      expect(most).toBeLessThanOrEqual(places);
      expect(answers).toHaveLength(arrivals.length);
      for (const priority of PRIORITIES) (await gate.enter(priority))();
    }), { numRuns: 30 });
  });

  it('CARD-4.12 Q4 a context saturated with presets: every stop order is answered within 5 s, refusals come with Retry-After', async () => {
    const { url, stop } = await saturable(4, 60);
    const send = async (path: string): Promise<{ status: number; ms: number; retry: string | null }> => {
      const from = performance.now();
      const response = await fetch(`${url}/api/spec/v1/${path}`, { method: 'POST' });
      await response.arrayBuffer();
      return { status: response.status, ms: performance.now() - from, retry: response.headers.get('retry-after') };
    };
    const presets = Array.from({ length: 70 }, async (_none, index) => {
      await setTimeout(index * 6);
      return send('presets');
    });
    const stops = Array.from({ length: 12 }, async (_none, index) => {
      await setTimeout(index * 30);
      return send('stops');
    });
    const [preset, stopped] = [await Promise.all(presets), await Promise.all(stops)];
    await stop();
    const shed = preset.filter(({ status }) => status === 503);
    expect(stopped.map(({ status }) => status)).toEqual(stopped.map(() => 200));
    expect(Math.max(...stopped.map(({ ms }) => ms))).toBeLessThan(5_000);
    expect(shed.length).toBeGreaterThan(0);
    expect(shed.length).toBeLessThan(preset.length);
    expect(shed.every(({ retry }) => retry === '2')).toBe(true);
  });
});

/** A context that does so many things at once, each in so many milliseconds, behind the gateway's proxy. */
async function saturable(atOnce: number, ms: number): Promise<{ url: string; stop: () => Promise<void> }> {
  const context = Fastify();
  let free: Promise<unknown>[] = Array.from({ length: atOnce }, () => Promise.resolve());
  context.post('/api/spec/v1/*', async () => {
    const [next = Promise.resolve(), ...others] = free;
    const mine = next.then(() => setTimeout(ms));
    free = [...others, mine];
    await mine;
    return {};
  });
  const upstream = await context.listen({ port: 0, host: '127.0.0.1' });
  const server: FastifyInstance = Fastify();
  server.setErrorHandler(sendProblem);
  const door = { admit: () => Promise.resolve(), admitGuest: () => undefined } as unknown as Door;
  const route = (url: string, priority: Priority) => ({ context: 'spec', method: 'POST', url, isForGuests: false, priority });
  const knownRoutes = [route('/api/spec/v1/presets', 'PRESET'), route('/api/spec/v1/stops', 'STOP')];
  addProxy(server, { door, upstreams: new Map([['spec', [upstream]]]), knownRoutes, movedPaths: [], places: 8, uploadLimit: 1_000, headers: {} });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  const stop = async (): Promise<void> => {
    await server.close();
    await context.close();
  };
  return { url, stop };
}
