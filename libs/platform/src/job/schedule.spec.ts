import { expect, it } from 'vitest';
import type { Ctx } from '../ctx.js';
import type { Runner } from '../use-case/runner.js';
import { pauseAfter, scheduled, type Schedule } from './schedule.js';

it('a schedule that fails rests twice as long each time, at most a minute; during an outage five seconds', () => {
  expect([1, 2, 3, 5, 6, 40].map((faults) => pauseAfter(faults, false) / 1_000)).toEqual([2, 4, 8, 32, 60, 60]);
  expect([1, 2, 3, 40].map((faults) => pauseAfter(faults, true) / 1_000)).toEqual([2, 4, 5, 5]);
});

it('an occasion goes by the instant of its work: one that begins meanwhile has its turn later, and one that was done is not looked at again', async () => {
  const dayOf = (instant: Date): string => instant.toISOString().slice(0, 10);
  const done: string[] = [];
  let [cursor, begun] = ['2026-01-01', '2026-01-01T23:59:59Z'];
  const daily: Schedule = { name: 'daily', due: (last, now) => (last === dayOf(now) ? undefined : dayOf(now)), run: (_ctx, occasion) => Promise.resolve(void done.push((cursor = occasion))) };
  const ctx = (): Ctx => ({ now: new Date(begun), db: { run: () => Promise.resolve(1), maybe: () => Promise.resolve({ value: cursor }) } }) as unknown as Ctx;
  let transactions = 0;
  const runner = { inTransaction: (_name: string, _call: unknown, work: (ctx: Ctx) => unknown) => ((transactions += 1), work(ctx())) } as unknown as Runner;
  const recent = new Map([['schedule:daily', cursor]]);
  const look = scheduled(daily, { runner, clock: { now: () => new Date('2026-01-02T00:00:00Z') }, cursors: () => Promise.resolve(recent), ownCall: (correlationId) => ({ correlationId }) as never });
  expect([await look(), done]).toEqual([false, []]);
  begun = '2026-01-02T00:00:00Z';
  expect([await look(), await look(), done, transactions]).toEqual([true, false, ['2026-01-02'], 2]);
});
