import { describe, expect, it } from 'vitest';
import { hourOf, hoursOf, monthToCount, nextMonth, overMonths, spanOf } from './usage.js';

describe('months (JPKI-3.11)', () => {
  it.each([
    [undefined, '2016-03-31T17:59:59Z', '2016-02'], [undefined, '2016-03-31T18:00:00Z', '2016-03'], ['2016-02', '2016-03-31T17:59:59Z', undefined],
    ['2016-02', '2016-03-31T18:00:00Z', '2016-03'],
    ['2015-11', '2016-03-10T00:00:00Z', '2015-12'], ['2016-02', '2016-03-10T00:00:00Z', undefined],
  ])('after %s, at %s: %s', (last, now, expected) => expect(monthToCount(last, new Date(now))).toBe(expected));

  it('are counted by their hours in Japan', () => {
    expect([nextMonth('2015-12'), hoursOf('2016-02'), hoursOf('2017-02')]).toEqual(['2016-01', 29 * 24, 28 * 24]);
    expect(hourOf('2016-02', 0)).toEqual({ day: '2016-02-01', from: new Date('2016-01-31T15:00:00Z'), to: new Date('2016-01-31T16:00:00Z') });
    expect(hourOf('2016-02', 29 * 24 - 1)).toEqual({ day: '2016-02-29', from: new Date('2016-02-29T14:00:00Z'), to: spanOf('2016-02').to });
  });
});

it('a month is over when it and the next one are counted, and is dropped once (JPKI-4.13)', () => {
  const counted = (...months: string[]) => months.map((month) => ({ month, step: 'COUNTED' as const }));
  expect(overMonths(counted('2016-02'))).toEqual([]);
  expect(overMonths(counted('2016-01', '2015-12', '2016-03', '2015-11'))).toEqual(['2015-11', '2015-12']);
  expect(overMonths([...counted('2015-11', '2015-12', '2016-01'), { month: '2015-11', step: 'DROPPED' }])).toEqual(['2015-12']);
});
