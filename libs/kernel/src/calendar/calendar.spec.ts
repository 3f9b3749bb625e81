import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addBusinessDays, addDays, isBusinessDay, toLocalDate } from '../index.js';

const d = toLocalDate;
const anyDay = fc.integer({ min: 0, max: 20_000 }).map((days) => addDays(d('1990-01-01'), days));

describe('business days', () => {
  it.each([
    ['2015-10-05', true, 'a Monday'],
    ['2015-10-10', false, 'a Saturday'],
    ['2015-10-11', false, 'a Sunday'],
    ['2015-10-12', false, '体育の日'],
    ['2015-09-22', false, '国民の休日 between two holidays'],
    ['2015-05-06', false, '振替休日'],
    ['2016-08-11', false, '山の日, from 2016'],
    ['2015-08-11', true, 'before 山の日'],
    ['2018-12-28', true, 'the last day before the closing'],
    ['2015-12-29', false, 'closing'],
    ['2016-01-01', false, '元日'],
    ['2019-01-03', false, 'closing'],
    ['2016-01-04', true, 'the first day after the closing'],
    ['2019-05-01', false, 'accession day'],
    ['2019-04-30', false, 'between two holidays'],
  ])('%s: %s (%s)', (date, open) => {
    expect(isBusinessDay(d(date))).toBe(open);
  });

  it.each([
    ['2015-10-09', 1, '2015-10-13'],
    ['2015-12-28', 1, '2016-01-04'],
    ['2016-01-04', -1, '2015-12-28'],
    ['2015-09-18', 3, '2015-09-28'],
    ['2015-10-10', 0, '2015-10-13'],
    ['2015-10-13', 0, '2015-10-13'],
  ])('%s plus %i is %s', (date, n, result) => {
    expect(addBusinessDays(d(date), n)).toBe(result);
  });

  it('lands on an open day, passes exactly n open days, and comes back', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 1, max: 30 }), (date, n) => {
        const result = addBusinessDays(date, n);
        let open = 0;
        for (let day = addDays(date, 1); day <= result; day = addDays(day, 1)) open += isBusinessDay(day) ? 1 : 0;
        expect(open).toBe(n);
        expect(isBusinessDay(result)).toBe(true);
        if (isBusinessDay(date)) expect(addBusinessDays(result, -n)).toBe(date);
      }),
      { numRuns: 50 },
    );
  });

  it('does not guess outside the years whose holidays are known', () => {
    expect(() => isBusinessDay(d('2051-01-04'))).toThrow('businessDay:OUTSIDE_CALENDAR');
    expect(() => isBusinessDay(d('1969-12-01'))).toThrow('businessDay:OUTSIDE_CALENDAR');
    expect(() => addBusinessDays(d('2015-10-05'), 1.5)).toThrow('businessDay:COUNT');
  });
});
