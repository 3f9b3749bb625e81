import { describe, expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { amountOf, FEES, hourOf, hoursOf, monthToState, nextMonth, overMonths, spanOf, statementCsv } from './usage.js';

const day = toLocalDate('2016-02-10');

describe('fees (JPKI-4.13)', () => {
  it('1,000 signature and 50,000 authentication checks are ¥120,000, for public bodies nothing', () => {
    const sum = (of: 'PRIVATE' | 'PUBLIC_BODY', on = day): number =>
      amountOf({ class: of, purpose: 'SIGN', definitive: 1_000 }, on) + amountOf({ class: of, purpose: 'AUTH', definitive: 50_000 }, on);
    expect([sum('PRIVATE'), sum('PUBLIC_BODY')]).toEqual([120_000, 0]);
    expect([sum('PRIVATE', toLocalDate('2022-12-31')), sum('PRIVATE', toLocalDate('2023-01-01'))]).toEqual([120_000, 0]);
  });

  it('is a dated table: the day of the answer decides, whatever the order of the rows', () => {
    const fees = [...FEES, { group: 'PRIVATE', purpose: 'SIGN', from: toLocalDate('2016-02-11'), yen: 15 } as const].toReversed();
    const yen = (on: string): number => amountOf({ class: 'PRIVATE', purpose: 'SIGN', definitive: 1 }, toLocalDate(on), fees);
    expect(['2015-12-31', '2016-01-01', '2016-02-10', '2016-02-11'].map(yen)).toEqual([0, 20, 20, 15]);
  });
});

describe('months (JPKI-3.11)', () => {
  it.each([
    [undefined, '2016-03-31T17:59:59Z', '2016-02'], [undefined, '2016-03-31T18:00:00Z', '2016-03'], ['2016-02', '2016-03-31T17:59:59Z', undefined],
    ['2016-02', '2016-03-31T18:00:00Z', '2016-03'],
    ['2015-11', '2016-03-10T00:00:00Z', '2015-12'], ['2016-02', '2016-03-10T00:00:00Z', undefined],
  ])('after %s, at %s: %s', (last, now, expected) => expect(monthToState(last, new Date(now))).toBe(expected));

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

it('a statement is CSV with CRLF (JPKI-5)', () => {
  expect(statementCsv('bank', '2016-02', [{ purpose: 'SIGN', mode: 'OCSP', definitive: 1_000, free: 3, amountYen: 20_000 }])).toBe(
    'verifier,month,purpose,mode,definitive,free,amount_yen\r\nbank,2016-02,SIGN,OCSP,1000,3,20000\r\n',
  );
});
