import { describe, expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { amountOf, endOf, FEES, linesOf, monthToState, statementCsv, type DayUse } from './statement.js';

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

  it('end in Japan', () => expect(endOf('2015-12')).toEqual(new Date('2015-12-31T15:00:00Z')));
});

describe('lines of a statement (JPKI-4.13)', () => {
  const use = (on: string, definitive: number, more: Partial<DayUse> = {}): DayUse => ({ day: toLocalDate(on), purpose: 'SIGN', mode: 'OCSP', definitive, free: 1, ...more });

  it('the vector, by days, purposes and modes', () => {
    const days = [use('2016-02-10', 400), use('2016-02-11', 600), use('2016-02-10', 50_000, { purpose: 'AUTH', free: 300 }), use('2016-02-10', 0, { mode: 'CRL' })];
    expect(linesOf(days, [{ class: 'PRIVATE', grantedAt: new Date('2016-02-01T00:00:00Z') }])).toEqual([
      { purpose: 'SIGN', mode: 'OCSP', definitive: 1_000, free: 2, amountYen: 20_000 }, { purpose: 'AUTH', mode: 'OCSP', definitive: 50_000, free: 300, amountYen: 100_000 },
      { purpose: 'SIGN', mode: 'CRL', definitive: 0, free: 1, amountYen: 0 },
    ]);
  });

  it('a day costs what the last notification by its end pays, in Japan; what comes before the first is on none', () => {
    const granted = [{ class: 'PUBLIC_BODY', grantedAt: new Date('2016-02-11T15:00:00Z') }, { class: 'PRIVATE', grantedAt: new Date('2016-02-10T14:59:59Z') }] as const;
    const yen = (on: string): number | undefined => linesOf([use(on, 1)], granted)[0]?.amountYen;
    expect(['2016-02-09', '2016-02-10', '2016-02-11', '2016-02-12'].map(yen)).toEqual([undefined, 20, 20, 0]);
    expect(linesOf([use('2016-02-10', 1)], [])).toEqual([]);
  });
});

it('a statement is CSV with CRLF (JPKI-5)', () => {
  expect(statementCsv('bank', '2016-02', [{ purpose: 'SIGN', mode: 'OCSP', definitive: 1_000, free: 3, amountYen: 20_000 }])).toBe(
    'verifier,month,purpose,mode,definitive,free,amount_yen\r\nbank,2016-02,SIGN,OCSP,1000,3,20000\r\n',
  );
});
