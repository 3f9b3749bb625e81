import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, toLocalDate } from '#kernel';
import { approveLot, countedUntil, isUnderRule, lastDayKept, type Lot, LOT_KINDS, LOT_STATES, ruleOn } from './retention.js';

const d = toLocalDate;
const lot: Lot = { lotId: 'l', kind: 'USE_RECORD', month: '2022-11', rule: 'USE_RECORD/1', countedUntil: d('2015-11-01'), rows: 3, state: 'DUE', officers: [] };
const anyDate = fc.integer({ min: 0, max: 30_000 }).map((days) => addDays(d('2003-01-01'), days));

describe('retention', () => {
  it.each([
    ['CLOSED_RECORD', '2015-10-05', '2015-10-05', '2020-10-04'],
    ['CLOSED_RECORD', '2015-10-05', '2019-06-19', '2020-10-04'],
    ['CLOSED_RECORD', '2015-10-05', '2019-06-20', '2165-10-04'],
    ['CLOSED_RECORD', '2016-02-29', '2016-03-01', '2021-02-28'],
    ['SUPERSEDED', '2015-10-05', '2019-06-19', '2020-10-04'],
    ['SUPERSEDED', '2015-10-05', '2019-06-20', '2165-10-04'],
    ['USE_RECORD', '2015-10-05', '2015-10-05', '2022-10-04'],
    ['USE_RECORD', '2015-10-05', '2002-01-01', undefined],
  ] as const)('JUKI-4.11 %s of %s by the rule of %s is kept until %s', (kind, from, asOf, last) => {
    expect(lastDayKept(kind, d(from), d(asOf))).toBe(last);
  });

  it('JUKI-4.11 a lot has exactly what is over on its day', () => {
    fc.assert(fc.property(fc.constantFrom(...LOT_KINDS), anyDate, (kind, asOf) => {
      const rule = ruleOn(kind, asOf);
      if (rule === undefined) throw new Error('no rule');
      const until = countedUntil(rule, asOf);
      const last = (from: typeof asOf): string => lastDayKept(kind, from, asOf) ?? '';
      return last(until) < asOf && last(addDays(until, 1)) >= asOf;
    }));
  });

  it('JUKI-3.9 two different officers, once, from DUE, under the rule in force', () => {
    const first = approveLot(lot, 'a', d('2022-11-02'));
    expect(first).toEqual({ officers: ['a'], state: 'DUE' });
    const known = { ...lot, officers: ['a'] };
    expect(approveLot(known, 'a', d('2022-11-02'))).toEqual({ refusal: 'SAME_OFFICER' });
    expect(approveLot(known, 'b', d('2022-11-02'))).toEqual({ officers: ['a', 'b'], state: 'APPROVED' });
    for (const state of LOT_STATES.filter((one) => one !== 'DUE')) expect(approveLot({ ...lot, state }, 'a', d('2022-11-02'))).toEqual({ refusal: 'RETENTION_STATE' });
  });

  it('JUKI-4.11 an extension saves what is still held, approved or not', () => {
    const old: Lot = { ...lot, kind: 'CLOSED_RECORD', rule: 'CLOSED_RECORD/1' };
    expect([isUnderRule(old, d('2019-06-19')), isUnderRule(old, d('2019-06-20'))]).toEqual([true, false]);
    expect(approveLot(old, 'a', d('2019-06-20'))).toEqual({ refusal: 'RETENTION_RULE_CHANGED' });
  });
});
