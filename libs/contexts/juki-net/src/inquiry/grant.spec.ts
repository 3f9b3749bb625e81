import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isReached, reachOf, SCHEDULES, type Schedule, scheduleFault } from './grant.js';
import { type FoundPerson, toldOf } from './inquiry.js';

const grant = (schedule: Schedule | undefined, institution: string, organisation: string) => ({ schedule, institution, organisation });

describe('JUKI-4.7 whose residents a grant reaches', () => {
  it.each([
    [1, 'national-agency', 'pension', true, true, true],
    [2, 'municipality', '990019', true, true, false],
    [3, 'prefecture', '99', false, false, true],
    [4, 'municipality', '990019', false, false, true],
    [5, 'prefecture', '99', true, true, false],
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
    postalCode: '', changeReason: '20', changeDate: '2015-11-03',
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
