import { describe, expect, it } from 'vitest';
import { dailyRun, entryCutoff, monthlyRun } from './crl.js';

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
