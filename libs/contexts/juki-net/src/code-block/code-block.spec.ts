import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, toLocalDate } from '#kernel';
import { CODE_STATES, dailyUse, isReserved, isWithinQuota, LARGEST_BLOCK, refillSize, statesBefore } from './code-block.js';
import { type CodeConflict, stepConflict } from './code-conflict.js';

const today = toLocalDate('2016-01-20');
const yearAgo = addDays(today, -400);

describe('JUKI-3.1 states of a code', () => {
  it('moves as the table says and in no other way', () => {
    const before = Object.fromEntries(CODE_STATES.map((state) => [state, statesBefore(state)]));
    expect(before).toEqual({
      ALLOCATED: [],
      WRITTEN: ['ALLOCATED', 'RETIRED'],
      SUPERSEDED: ['WRITTEN'],
      RETIRED: ['WRITTEN'],
      WITHDRAWN: ['ALLOCATED'],
      VOID: ['ALLOCATED', 'WRITTEN', 'SUPERSEDED', 'RETIRED', 'WITHDRAWN'],
    });
  });

  it('JUKI-4.1 codes of tests and training are of no block', () => {
    expect(['99000000015', '98999999999', '09900000000'].map(isReserved)).toEqual([true, false, false]);
  });
});

describe('JUKI-3.1 stock of a municipality', () => {
  it('averages over the time since the first block, a month at least and a year at most', () => {
    expect(dailyUse({ unused: 0, written: 365, since: yearAgo }, today)).toBe(1);
    expect(dailyUse({ unused: 0, written: 60, since: addDays(today, -59) }, today)).toBe(1);
    expect(dailyUse({ unused: 0, written: 60, since: today }, today)).toBe(2);
    expect(dailyUse({ unused: 0, written: 0 }, today)).toBe(0);
  });

  it('the quota is a year of use, 2,000 at least', () => {
    const small = { unused: 1_500, written: 100, since: yearAgo };
    expect([isWithinQuota(small, 500, today), isWithinQuota(small, 501, today)]).toEqual([true, false]);
    const large = { unused: 20_000, written: 30_000, since: yearAgo };
    expect([isWithinQuota(large, 10_000, today), isWithinQuota(large, 10_001, today)]).toEqual([true, false]);
    expect(isWithinQuota({ unused: 0, written: 0 }, 2_001, today)).toBe(false);
  });

  it('reorders below 90 days of use and 200 codes, to twice of each', () => {
    const stock = (unused: number, written: number) => ({ unused, written, since: yearAgo });
    expect([refillSize(stock(200, 0), today), refillSize(stock(199, 0), today), refillSize(stock(0, 0), today)]).toEqual([undefined, 201, 400]);
    expect([refillSize(stock(900, 3_650), today), refillSize(stock(899, 3_650), today)]).toEqual([undefined, 901]);
    expect(refillSize(stock(0, 100_000), today)).toBe(LARGEST_BLOCK);
  });

  it('a reorder never breaks the quota', () => {
    fc.assert(fc.property(fc.nat(40_000), fc.nat(100_000), fc.nat(800), (unused, written, days) => {
      const stock = { unused, written, since: addDays(today, -days) };
      const size = refillSize(stock, today);
      if (size !== undefined) expect([size > 0, isWithinQuota(stock, size, today)]).toEqual([true, true]);
    }));
  });
});

describe('JUKI-3.1 a code written to two persons', () => {
  const conflict: CodeConflict = { caseId: 'c', codeIndex: Buffer.alloc(16), state: 'REPORTED', reportedBy: 'officer-1' };

  it('is decided once, by a second officer if it is confirmed', () => {
    expect(stepConflict(conflict, 'CONFIRM', 'officer-1')).toEqual({ refusal: 'SAME_OFFICER' });
    expect(stepConflict(conflict, 'CONFIRM', 'officer-2')).toEqual({ state: 'CONFIRMED' });
    expect(stepConflict(conflict, 'DISMISS', 'officer-1')).toEqual({ state: 'DISMISSED' });
    for (const state of ['CONFIRMED', 'DISMISSED'] as const) {
      for (const step of ['CONFIRM', 'DISMISS'] as const) expect(stepConflict({ ...conflict, state }, step, 'officer-2')).toEqual({ refusal: 'CONFLICT_DECIDED' });
    }
  });
});
