import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IndividualNumber, ResidentCode } from '#kernel';
import type { FoundPerson } from '../inquiry/inquiry.js';
import { ACQUISITION_STATES, isNumberLike, isOverdue, personMeant, stepAcquisition, usesNumbers } from './symbol-acquisition.js';

const digits = (count: number) => fc.array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count }).map((all) => all.join(''));
const person = (personKey: string, status: FoundPerson['status'] = 'RESIDENT'): FoundPerson => ({
  personKey, factVersion: 1, status, municipalityCode: '990019', isProtected: false,
  items: { residentCode: '', individualNumber: '', nameKanji: '', nameKana: '', aliasName: '', birthDate: '', sex: '', address: '', municipalityCode: '', townCode: '', postalCode: '', changeReason: '', changeDate: '', formerSurname: '' },
});

describe('JUKI-3.7 requests for symbols', () => {
  it('the acquisition number is neither a number nor a code, however grouped', () => {
    fc.assert(fc.property(digits(10).filter((body) => body !== '0000000000'), (body) => {
      const text = ResidentCode.fromBody(body).reveal();
      expect([isNumberLike(text), isNumberLike(`${text.slice(0, 4)}-${text.slice(4)}`)]).toEqual([true, true]);
    }));
    fc.assert(fc.property(digits(11).filter((body) => body !== '00000000000'), (body) => {
      expect(isNumberLike(IndividualNumber.fromBody(body).reveal())).toBe(true);
    }));
    expect(['1234567890', '12345678901', '123456789012', '1234567890123', '12345678901234', 'A2345678901', '0001-2015-10-05'].map(isNumberLike)).toEqual([false, true, true, true, false, false, true]);
  });

  it('goes through its states in order; the same result again is nothing new', () => {
    const allowed = ACQUISITION_STATES.flatMap((from) => ACQUISITION_STATES.filter((to) => {
      const outcome = stepAcquisition({ state: from }, to);
      return outcome !== undefined && 'state' in outcome;
    }).map((to) => `${from} ${to}`));
    expect(allowed).toEqual(['RECEIVED CODE_RESOLVED', 'CODE_RESOLVED FORWARDED', 'FORWARDED CONFIRMED', 'FORWARDED REFUSED']);
    expect(stepAcquisition({ state: 'REFUSED', reason: 'OTHER' }, 'REFUSED', 'OTHER')).toBeUndefined();
    expect(stepAcquisition({ state: 'REFUSED', reason: 'OTHER' }, 'REFUSED', 'CODE_UNKNOWN')).toEqual({ refusal: 'ACQUISITION_STATE' });
  });

  it('means one person for certain', () => {
    expect(personMeant([])).toEqual({ refusal: 'NOT_FOUND' });
    expect(personMeant([person('a'), person('b')])).toEqual({ refusal: 'AMBIGUOUS' });
    expect(personMeant([person('a', 'CONFLICT')])).toEqual({ refusal: 'AMBIGUOUS' });
    expect(personMeant([person('a', 'ABROAD')])).toMatchObject({ person: { personKey: 'a' } });
  });

  it('is for number-using affairs, and overdue after 24 hours without a result', () => {
    expect([usesNumbers({ keyKinds: ['FOUR_ITEMS'], items: ['nameKanji'] }), usesNumbers({ keyKinds: ['INDIVIDUAL_NUMBER'], items: [] }), usesNumbers({ keyKinds: [], items: ['individualNumber'] })]).toEqual([false, true, true]);
    const receivedAt = new Date('2017-07-18T00:00:00Z');
    const at = (state: (typeof ACQUISITION_STATES)[number], now: string): boolean => isOverdue({ state, receivedAt }, new Date(now));
    expect([at('FORWARDED', '2017-07-18T23:59:59Z'), at('FORWARDED', '2017-07-19T00:00:00Z'), at('CODE_RESOLVED', '2017-07-19T00:00:00Z'), at('CONFIRMED', '2017-07-20T00:00:00Z')]).toEqual([false, true, true, false]);
  });
});
