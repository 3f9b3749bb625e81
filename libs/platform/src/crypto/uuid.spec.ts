import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { uuidv7 } from './uuid.js';

const COUNT = 10_000;
/** More are drawn here than milliseconds count: the last ones are some ahead. */
const AHEAD_MS = 10;
const timeOf = (id: string): number => parseInt(id.replace('-', '').slice(0, 12), 16);

describe('ids', () => {
  afterEach(() => vi.restoreAllMocks());

  it('are UUIDs of version 7 whose time is now, each after the one before', () => {
    const before = Date.now();
    const ids = Array.from({ length: COUNT }, uuidv7);
    const after = Date.now();
    for (const id of ids) {
      z.uuidv7().parse(id);
      expect(timeOf(id) >= before && timeOf(id) <= after + AHEAD_MS).toBe(true);
    }
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  it('stay in order when the clock goes back, and follow it when it has come again', () => {
    const now = Date.now() + 50;
    const clock = vi.spyOn(Date, 'now').mockReturnValue(now);
    const first = uuidv7();
    clock.mockReturnValue(now - 60_000);
    const back = Array.from({ length: 5_000 }, uuidv7);
    clock.mockReturnValue(now + 5);
    const ids = [first, ...back, uuidv7()];
    expect(ids).toEqual([...ids].sort());
    expect([timeOf(back[0] ?? ''), timeOf(back.at(-1) ?? ''), timeOf(ids.at(-1) ?? '')]).toEqual([now, now + 1, now + 5]);
  });
});
