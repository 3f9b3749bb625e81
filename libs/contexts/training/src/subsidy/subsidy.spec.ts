import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { applicationFault, eligibleYen, reportDueOn, stepSubsidy, subsidyYen, SUBSIDY_STATES } from './subsidy.js';

describe('subsidy of group training (TRN-4.11)', () => {
  it.each([[412_500, 60, 206_000], [700_000, 80, 300_000], [150_000, 12, 60_000], [0, 60, 0]])('TRN-4.11: %i yen for %i people: %i', (eligible, participants, amount) => {
    expect(subsidyYen(eligible, participants)).toBe(amount);
  });

  it('is in whole thousands, never more than half and never more for less', () => {
    fc.assert(fc.property(fc.nat(2_000_000), fc.nat(200), fc.nat(5_000), (eligible, participants, more) => {
      const amount = subsidyYen(eligible, participants);
      expect(amount % 1_000).toBe(0);
      expect(amount * 2).toBeLessThanOrEqual(eligible);
      expect(subsidyYen(eligible + more, participants + 1)).toBeGreaterThanOrEqual(amount);
    }));
  });

  it('meals are not eligible', () => {
    expect(eligibleYen({ room: 100, lecturer: 20, travel: 3, materials: 4, meals: 50_000 })).toBe(127);
  });

  it('TRN-4.11: the report is due within 30 days', () => expect(reportDueOn(toLocalDate('2015-10-05'))).toBe('2015-11-04'));

  it('TRN-4.11: three municipalities of the prefecture, for the number system', () => {
    const asked = { prefecture: '28', municipalities: ['282049', '281000', '282014'], series: 'NUMBER_SYSTEM' };
    expect(applicationFault(asked)).toBeUndefined();
    expect(applicationFault({ ...asked, municipalities: ['282049', '282049', '281000'] })).toBe('TOO_FEW_MUNICIPALITIES');
    expect(applicationFault({ ...asked, municipalities: [...asked.municipalities, '131016'] })).toBe('OTHER_PREFECTURE');
    expect(applicationFault({ ...asked, series: 'SECURITY' })).toBe('OTHER_SUBJECT');
  });

  it('TRN-3.5: the states follow each other', () => {
    const steps = ['APPROVE', 'HOLD', 'REPORT', 'FIX', 'PAY'] as const;
    let state: (typeof SUBSIDY_STATES)[number] = 'APPLIED';
    for (const step of steps) {
      const open = steps.filter((other) => stepSubsidy(state, other) !== undefined);
      expect(open).toEqual(state === 'REPORTED' ? ['REPORT', 'FIX'] : [step]);
      state = stepSubsidy(state, step) ?? state;
    }
    expect(state).toBe('PAID');
    expect(SUBSIDY_STATES.filter((held) => stepSubsidy(held, 'LAPSE') === 'LAPSED')).toEqual(['APPROVED', 'HELD']);
  });
});
