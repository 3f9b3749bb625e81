import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { uuidv7 } from './uuid.js';

describe('ids', () => {
  it('are UUIDs of version 7 whose time is now, and no two are alike', () => {
    const before = Date.now();
    const ids = Array.from({ length: 10_000 }, uuidv7);
    const after = Date.now();
    for (const id of ids) {
      z.uuidv7().parse(id);
      const time = parseInt(id.replace('-', '').slice(0, 12), 16);
      expect(time >= before && time <= after).toBe(true);
    }
    expect(new Set(ids).size).toBe(ids.length);
  });
});
