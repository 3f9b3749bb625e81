import { describe, expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { numbersOn, ROW_STATES, type RowTerm, stepRow } from './schedule-row.js';

const term = (usesNumbers: boolean, from: string, until?: string): RowTerm => ({ usesNumbers, validFrom: toLocalDate(from), ...(until === undefined ? {} : { validUntil: toLocalDate(until) }) });

describe('JUKI-4.7 rows of the schedules', () => {
  it('are approved by another officer, and not once they were decided', () => {
    const row = (state: (typeof ROW_STATES)[number]) => ({ state, enteredBy: 'a@x' });
    expect(ROW_STATES.map((state) => stepRow(row(state), 'APPROVE', 'b@x'))).toEqual([{ state: 'APPROVED' }, ...Array.from({ length: 3 }, () => ({ refusal: 'SCHEDULE_ROW_STATE' }))]);
    expect(stepRow(row('ENTERED'), 'APPROVE', 'a@x')).toEqual({ refusal: 'SAME_OFFICER' });
    expect([stepRow(row('ENTERED'), 'WITHDRAW', 'a@x'), stepRow(row('APPROVED'), 'WITHDRAW', 'b@x')]).toEqual([{ state: 'WITHDRAWN' }, { refusal: 'SCHEDULE_ROW_STATE' }]);
  });

  it('are law by the day, from version to version', () => {
    const versions = [term(false, '2002-08-05', '2015-10-04'), term(true, '2015-10-05', '2019-12-31')];
    expect(['2002-08-04', '2002-08-05', '2015-10-04', '2015-10-05', '2019-12-31', '2020-01-01'].map((day) => numbersOn(versions, toLocalDate(day)))).toEqual([undefined, false, false, true, true, undefined]);
    expect(numbersOn([term(true, '2016-01-01')], toLocalDate('2099-12-31'))).toBe(true);
    expect(numbersOn([term(true, '2016-01-01'), term(false, '2016-01-01')], toLocalDate('2016-01-01'))).toBe(false);
  });
});
