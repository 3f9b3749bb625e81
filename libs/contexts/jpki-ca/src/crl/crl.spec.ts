import { describe, expect, it } from 'vitest';
import { dailyRun, entryCutoff, isListFull, monthlyRun, STANDING_ENTRIES } from './crl.js';
import { partitionId, placeOf } from './crl.store.js';

describe('runs of the revocation lists (JPKI-4.8)', () => {
  it('fall due at 02:00 in Japan', () => {
    expect(dailyRun(new Date('2016-01-19T16:59:59Z'))).toBe('2016-01-19');
    expect(dailyRun(new Date('2016-01-19T17:00:00Z'))).toBe('2016-01-20');
    expect(monthlyRun(new Date('2016-01-31T15:00:00Z'))).toBe('2016-02');
  });

  it('keep an entry through one regular list after the end of its certificate', () => {
    const runs = ['2020-04-01T17:00:00Z', '2020-04-02T17:00:00Z'].map((text) => new Date(text));
    const end = new Date('2020-04-01T14:59:59Z');
    const listed = (lastScheduled: Date | null) => end.getTime() > entryCutoff(lastScheduled).getTime();
    expect(listed(new Date('2020-03-31T17:00:00Z'))).toBe(true);
    expect(listed(runs[0] ?? null)).toBe(false);
    expect(listed(null)).toBe(true);
  });
});

describe('further lists of a municipality (JPKI-4.8, 4.18)', () => {
  it('are opened when the former one is expected to pass 10 MB, with 270,000 entries of 37 octets', () => {
    expect(STANDING_ENTRIES).toBeCloseTo(0.378, 3);
    expect([0, 714_068, 714_069].map(isListFull)).toEqual([false, false, true]);
    // The largest city, with 2.93 % of 20 million and of 100 million holders.
    expect([0.0293 * 20e6, 0.0293 * 100e6].map(isListFull)).toEqual([false, true]);
  });

  it('have numbers, and the first one has none', () => {
    const place = (part: number) => placeOf({ prefecture_romaji: 'Kasumi-ken', municipality_romaji: 'Kasumi-shi', part });
    expect([1, 2, 11].map((part) => [partitionId('sign', '990019', part), place(part).part])).toEqual([['sign-99001', ''], ['sign-99001-2', ' 2'], ['sign-99001-11', ' 11']]);
  });
});
