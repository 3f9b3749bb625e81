import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlausible, isWatched, lengthOf, unionOf, type Interval } from './video.js';

const seconds = (...all: readonly Interval[]): Interval[] => all.map(([from, to]) => [from * 1_000, to * 1_000]);

describe('watched share (TRN-4.8)', () => {
  it('TRN-4.8: the union of the vector is 950 s of 1,500, 63.3 %', () => {
    const played = lengthOf(unionOf(seconds([0, 300], [250, 600], [900, 1200], [1100, 1250])));
    expect(played).toBe(950_000);
    expect(Math.round((played / 1_500_000) * 1_000)).toBe(633);
    expect(isWatched(played, 1_500_000)).toBe(false);
  });

  it('TRN-4.8: [0,1350] of 1,500 s is 90 % and watched, a millisecond less is not', () => {
    expect(isWatched(1_350_000, 1_500_000)).toBe(true);
    expect(isWatched(1_349_999, 1_500_000)).toBe(false);
  });

  it('the union has every played millisecond once, in whatever order it is told', () => {
    const interval = fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 20 })).map(([from, length]): Interval => [from, from + length]);
    fc.assert(fc.property(fc.array(interval, { maxLength: 12 }), (intervals) => {
      const played = new Set(intervals.flatMap(([from, to]) => Array.from({ length: to - from }, (_, at) => from + at)));
      const union = unionOf(intervals);
      expect(lengthOf(union)).toBe(played.size);
      expect(unionOf([...union, ...[...intervals].reverse()])).toEqual(union);
    }));
  });

  it('TRN-4.8: twice the speed of the clock is the most', () => {
    expect([isPlausible(600_000, 300_000), isPlausible(600_001, 300_000), isPlausible(0, 0)]).toEqual([true, false, true]);
  });
});
