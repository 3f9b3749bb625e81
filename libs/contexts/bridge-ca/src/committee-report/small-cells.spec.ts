import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hideSmallCells, SMALL } from './small-cells.js';

const shown = (...counts: number[]) => {
  const { cells, total } = hideSmallCells(counts.map((count, index) => ({ name: String(index), count })));
  return { counts: cells.map(({ count }) => count), total };
};

describe('small cells (JPKI-3.16)', () => {
  it('are hidden with as many larger ones as the total needs', () => {
    expect(shown(100, 0, 7)).toEqual({ counts: [100, 0, 7], total: 107 });
    expect(shown(100, 3, 20, 0)).toEqual({ counts: [100, null, null, 0], total: 123 });
    // 1 + 5 = 6 could be nothing else: the next one is hidden, too.
    expect(shown(100, 1, 5)).toEqual({ counts: [null, null, null], total: 106 });
    expect(shown(0, 1, 6)).toEqual({ counts: [0, null, 6], total: null });
    expect(shown(2, 3)).toEqual({ counts: [null, null], total: null });
  });

  it('may each be anything from 1 to 4 for whoever knows the rule and what is shown', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 1_000 })), { maxLength: 8 }), (counts) => {
      const { counts: visible, total } = shown(...counts);
      expect(counts.every((count, index) => count === 0 || count >= SMALL || visible[index] === null)).toBe(true);
      if (total === null || !visible.includes(null)) return;
      const hidden = counts.filter((_, index) => visible[index] === null);
      const small = hidden.filter((count) => count < SMALL).length;
      const rest = total - visible.reduce<number>((sum, count) => sum + (count ?? 0), 0);
      // With any values of the small ones, the larger ones are still no smaller than they may be.
      expect(hidden.length > small && rest - 4 * small >= SMALL * (hidden.length - small)).toBe(true);
    }));
  });
});
