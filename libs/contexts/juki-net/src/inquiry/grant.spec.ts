import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { draftFault, GRANT_STATES, grantStateOn, isQuotaSpent, isReached, itemsUnderGrant, MODES, type ProvisionGrant, reachOf, scheduleFault, stepGrant } from './grant.js';
import { type FoundPerson, toldOf } from './inquiry.js';
import { SCHEDULES, type Schedule } from './schedule-row.js';

const grant = (schedule: Schedule | undefined, institution: string, organisation: string) => ({ schedule, institution, organisation });

describe('JUKI-4.7 whose residents a grant reaches', () => {
  it.each([
    [1, 'national-agency', 'pension', true, true, true],
    [2, 'municipality', '990019', true, true, false],
    [3, 'prefecture', '99', false, false, true],
    [4, 'municipality', '990019', false, false, true],
    [5, 'prefecture', '99', true, true, false],
    [6, 'prefecture', '99', true, true, false],
    [undefined, 'municipality', '990019', true, false, false],
    [undefined, 'prefecture', '99', true, true, false],
    [undefined, 'national-agency', 'pension', true, true, true],
  ] as const)('schedule %s of %s %s', (schedule, institution, organisation, own, neighbour, elsewhere) => {
    const reach = reachOf(grant(schedule, institution, organisation));
    expect(['990019', '990027', '131016'].map((code) => isReached(reach, code))).toEqual([own, neighbour, elsewhere]);
  });

  it('2 and 5 on one side, 3 and 4 on the other divide the country between them', () => {
    const code = fc.stringMatching(/^\d{6}$/);
    fc.assert(fc.property(code, code, (own, other) => {
      const reached = (schedule: Schedule, organisation: string): boolean => isReached(reachOf(grant(schedule, SCHEDULES[schedule], organisation)), other);
      expect(reached(2, own)).toBe(!reached(4, own));
      expect(reached(5, own.slice(0, 2))).toBe(!reached(3, own.slice(0, 2)));
    }));
  });

  it('a schedule is for one kind of organ', () => {
    for (const [schedule, institution] of [[2, 'prefecture'], [3, 'municipality'], [4, 'prefecture'], [5, 'municipality'], [1, 'municipality']] as const) {
      expect(scheduleFault({ schedule, institution })).toBe('SCHEDULE');
    }
  });
});

describe('JUKI-7 what a grant lets its affair know', () => {
  const items = {
    residentCode: '', individualNumber: '', nameKanji: '見本　太郎', nameKana: '', aliasName: '', birthDate: '19800101', sex: '1', address: '架空県試験市見本町2-3-4', municipalityCode: '990019', townCode: '',
    postalCode: '', changeReason: '20', changeDate: '2015-11-03', formerSurname: '',
  };
  const person: FoundPerson = { personKey: 'k', factVersion: 1, status: 'DECEASED', municipalityCode: '990019', isProtected: true, closedDate: '2015-11-03', items };
  const tells = { tellsDeceased: false, tellsProtection: false };

  it('a death with its date only, unless the grant holds more', () => {
    expect(toldOf(person, '20', ['address', 'nameKanji'], tells)).toEqual({ resultCode: '20', changeDate: '2015-11-03' });
    expect(toldOf(person, '20', ['address', 'nameKanji'])).toEqual({ resultCode: '20', changeDate: '2015-11-03' });
    expect(toldOf(person, '20', ['address'], { ...tells, tellsDeceased: true })).toEqual({ resultCode: '20', address: '架空県試験市見本町2-3-4', changeDate: '2015-11-03' });
    // Nobody else becomes visible by it.
    expect(toldOf({ ...person, status: 'ABROAD' }, '21', ['address'], { ...tells, tellsDeceased: true })).toEqual({ resultCode: '21' });
  });

  it('that a person is protected or not, to grants that include it only', () => {
    expect(toldOf(person, '00', ['sex'], { ...tells, tellsProtection: true })).toEqual({ resultCode: '00', sex: '1', isProtected: true });
    expect(toldOf({ ...person, isProtected: false }, '00', ['sex'], { ...tells, tellsProtection: true })).toMatchObject({ isProtected: false });
    expect(toldOf(person, '00', ['sex'], tells)).toEqual({ resultCode: '00', sex: '1' });
  });
});

describe('JUKI-3.5, 4.7 a grant', () => {
  const day = toLocalDate;
  const row = { usesNumbers: true, validFrom: day('2002-08-05') };
  const drawn: ProvisionGrant = {
    grantId: 'g', institution: 'national-agency', organisation: 'pension', affair: 'PENSION', legalBasis: '別表第一', rows: [row], items: ['sex', 'individualNumber'], modes: ['IMMEDIATE_HOST'],
    keyKinds: ['RESIDENT_CODE', 'INDIVIDUAL_NUMBER'], protectiveExempt: false, tellsDeceased: false, tellsProtection: false, tellsFormerAddress: false, toldToday: 0, feeClass: 'STANDARD',
    validFrom: day('2016-04-01'), validUntil: day('2017-03-31'), state: 'APPROVED', draftedBy: 'a@x',
  };
  const asked = { institution: 'national-agency', organisation: 'pension', purpose: 'PENSION', mode: 'IMMEDIATE_HOST', keyKind: 'RESIDENT_CODE', items: undefined, day: day('2016-04-01') } as const;

  it('is active from its first day to its last, if it was approved', () => {
    const days = ['2016-03-31', '2016-04-01', '2017-03-31', '2017-04-01'].map(day);
    expect(days.map((one) => grantStateOn(drawn, one))).toEqual(['APPROVED', 'ACTIVE', 'ACTIVE', 'ENDED']);
    expect(days.map((one) => 'items' in itemsUnderGrant(drawn, { ...asked, day: one }))).toEqual([false, true, true, false]);
    for (const state of ['DRAFT', 'SUSPENDED', 'ENDED'] as const) expect(days.map((one) => grantStateOn({ ...drawn, state }, one))).toEqual([state, state, state, state]);
  });

  it('takes each step from its states only, and is approved by another officer', () => {
    const stored = GRANT_STATES.filter((state) => state !== 'ACTIVE');
    const steps = (['APPROVE', 'SUSPEND', 'RESUME', 'END'] as const).flatMap((step) => stored.map((state) => [step, state, stepGrant({ ...drawn, state }, step, 'b@x')] as const));
    expect(steps.flatMap(([step, from, outcome]) => ('state' in outcome ? [`${step} ${from} ${outcome.state}`] : []))).toEqual([
      'APPROVE DRAFT APPROVED', 'SUSPEND APPROVED SUSPENDED', 'RESUME SUSPENDED APPROVED', 'END DRAFT ENDED', 'END APPROVED ENDED', 'END SUSPENDED ENDED',
    ]);
    expect(stepGrant({ ...drawn, state: 'DRAFT' }, 'APPROVE', 'a@x')).toEqual({ refusal: 'SAME_OFFICER' });
  });

  it('ends with its row, and holds the number while the affair uses numbers only', () => {
    expect(itemsUnderGrant({ ...drawn, rows: [{ ...row, validUntil: day('2016-03-31') }] }, asked)).toEqual({ refusal: 'GRANT_NOT_ACTIVE' });
    expect(itemsUnderGrant({ ...drawn, rows: [] }, asked)).toEqual({ refusal: 'GRANT_NOT_ACTIVE' });
    const without = { ...drawn, rows: [{ ...row, usesNumbers: false }] };
    expect(itemsUnderGrant(without, asked)).toEqual({ items: ['sex'] });
    expect(itemsUnderGrant(without, { ...asked, items: ['individualNumber'] })).toEqual({ refusal: 'ITEM_NOT_GRANTED' });
    expect(itemsUnderGrant(without, { ...asked, keyKind: 'INDIVIDUAL_NUMBER' })).toEqual({ refusal: 'KEY_KIND_NOT_GRANTED' });
    expect(itemsUnderGrant(drawn, { ...asked, keyKind: 'INDIVIDUAL_NUMBER' })).toEqual({ items: ['sex', 'individualNumber'] });
  });

  it('is not drafted for a mode that nobody answers, without a row, or for numbers that the affair does not use', () => {
    expect(draftFault(drawn)).toBeUndefined();
    expect(MODES.filter((mode) => draftFault({ ...drawn, modes: ['IMMEDIATE_HOST', mode] }) === 'MODE_NOT_SERVED')).toEqual(['BATCH_MEDIUM']);
    expect(draftFault({ ...drawn, rows: [{ ...row, validFrom: day('2016-04-02') }] })).toBe('SCHEDULE_ROW');
    const rows = [{ ...row, usesNumbers: false }];
    expect([draftFault({ ...drawn, rows, items: ['sex'] }), draftFault({ ...drawn, rows, keyKinds: ['RESIDENT_CODE'] })]).toEqual(['AFFAIR_WITHOUT_NUMBERS', 'AFFAIR_WITHOUT_NUMBERS']);
    expect(draftFault({ ...drawn, rows, items: ['sex'], keyKinds: ['RESIDENT_CODE'] })).toBeUndefined();
  });

  it('tells no more than its quota of the day', () => {
    expect([9, 10, 11].map((toldToday) => isQuotaSpent({ ...drawn, dailyQuota: 10, toldToday }))).toEqual([false, true, true]);
    expect(isQuotaSpent({ ...drawn, toldToday: 1_000_000 })).toBe(false);
  });
});
