import { describe, expect, it } from 'vitest';
import { Refusal, toLocalDate, type LocalDate } from '#kernel';
import type { FamilyRegister, Resident } from '../record/record-line.js';
import { familyRegister, resident, sealRegistration, taxation } from '../records.fixture.js';
import { currentTaxYear, shownFor, type Asked, type Held } from './certificate.js';

const TODAY = toLocalDate('2016-02-01');
const TYPES = ['RESIDENT_RECORD', 'SEAL_CERT', 'INCOME_TAX_CERT', 'FAMILY_REGISTER_FULL', 'FAMILY_REGISTER_INDIVIDUAL', 'REGISTER_ADDENDUM'] as const;
const asked = (type: Asked['type'], options: Asked['options'] = []): Asked => ({ type, options, served: TYPES, servedOptions: ['HOUSEHOLD', 'DOMICILE', 'RELATION'] });
const seal = await sealRegistration();

function held(person: Partial<Resident> = {}, others: readonly Resident[] = [], register: Partial<FamilyRegister> = {}): Held {
  const self = resident(person);
  return { residentKey: 'resident-0001', resident: self, household: [self, ...others], seal, taxation: taxation(), familyRegister: familyRegister(register), domicileUse: undefined };
}

function outcome(what: Asked, records: Held, today: LocalDate = TODAY): string {
  try {
    return shownFor(what, records, today).type;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

describe('CARD-4.15: who may have which certificate at a kiosk', () => {
  it.each(TYPES)('%s: one whom nothing stops', (type) => expect(outcome(asked(type), held())).toBe(type));

  it.each([
    { code: 'NOT_ELIGIBLE', records: { ...held(), resident: undefined } },
    { code: 'PROTECTED_PERSON', records: held({ isProtected: true, state: 'MOVE_OUT_NOTIFIED', isPending: true }) },
    { code: 'DECEASED', records: held({ state: 'DECEASED' }) },
    { code: 'MOVE_OUT_NOTIFIED', records: held({ state: 'MOVE_OUT_NOTIFIED' }) },
    { code: 'UNDER_AGE', records: held({ birthDate: toLocalDate('2001-02-02') }) },
    { code: 'RESIDENT_RECORD', records: held({ birthDate: toLocalDate('2001-02-01') }) },
    { code: 'ENTRY_PENDING', records: held({ isPending: true }) },
    { code: 'NAME_TOO_LONG', records: held({ name: '試'.repeat(65) }) },
    { code: 'RESIDENT_RECORD', records: held({ name: `${'試'.repeat(63)}〓{glyph:99001-0042}` }) },
  ])('$code', ({ code, records }) => expect(outcome(asked('RESIDENT_RECORD'), records)).toBe(code));

  it('only what the municipality serves, and options of a resident record alone', () => {
    expect(outcome({ ...asked('SEAL_CERT'), served: ['RESIDENT_RECORD'] }, held())).toBe('TYPE_NOT_SERVED');
    expect(outcome(asked('RESIDENT_RECORD', ['NUMBER']), held())).toBe('TYPE_NOT_SERVED');
    expect(outcome(asked('SEAL_CERT', ['DOMICILE']), held())).toBe('TYPE_NOT_SERVED');
  });

  it('a household shows who lives there, and is not served while one of them may not be shown', () => {
    const members = (...others: Partial<Resident>[]) => held({}, others.map((other, index) => resident({ position: index + 2, ...other })));
    const whole = asked('RESIDENT_RECORD', ['HOUSEHOLD']);
    const shown = shownFor(whole, members({ state: 'DECEASED' }, { birthDate: toLocalDate('2015-12-01') }, { state: 'MOVE_OUT_NOTIFIED' }), TODAY);
    expect(shown.type === 'RESIDENT_RECORD' && shown.members.map(({ position }) => position)).toEqual([1, 3]);
    expect(outcome(whole, members({ isProtected: true }))).toBe('PROTECTED_PERSON');
    expect(outcome(whole, members({ isPending: true }))).toBe('ENTRY_PENDING');
    expect(outcome(whole, members({ name: '試'.repeat(65) }))).toBe('NAME_TOO_LONG');
    expect(outcome(asked('RESIDENT_RECORD'), members({ isProtected: true }))).toBe('RESIDENT_RECORD');
  });

  it('what there is no record of', () => {
    expect(outcome(asked('SEAL_CERT'), { ...held(), seal: undefined })).toBe('NOT_ELIGIBLE');
    expect(outcome(asked('INCOME_TAX_CERT'), { ...held(), taxation: undefined })).toBe('NOT_ELIGIBLE');
    expect(outcome(asked('FAMILY_REGISTER_FULL'), { ...held(), familyRegister: undefined })).toBe('DOMICILE_NOT_REGISTERED');
    expect(outcome(asked('REGISTER_ADDENDUM'), { ...held(), residentKey: 'resident-0009' })).toBe('DOMICILE_NOT_REGISTERED');
    const removed = familyRegister().members.map((member) => ({ ...member, isRemoved: true }));
    expect(outcome(asked('FAMILY_REGISTER_FULL'), held({}, [], { members: removed }))).toBe('DOMICILE_NOT_REGISTERED');
    expect(outcome(asked('FAMILY_REGISTER_FULL'), held({}, [], { isPending: true }))).toBe('ENTRY_PENDING');
  });

  it('an individual register certificate shows the applicant alone', () => {
    const shown = shownFor(asked('FAMILY_REGISTER_INDIVIDUAL'), held(), TODAY);
    expect('register' in shown && shown.register.members.map(({ name }) => name)).toEqual(['太郎']);
  });

  it('CARD-2 who lives elsewhere and registered the use of the domicile has certificates of the register alone', () => {
    const use = { registerKey: 'register-0001', isProtected: false };
    const elsewhere = (more: Partial<Held> = {}): Held => ({ ...held(), resident: undefined, household: [], domicileUse: use, ...more });
    expect(TYPES.map((type) => outcome(asked(type), elsewhere()))).toEqual(['NOT_ELIGIBLE', 'NOT_ELIGIBLE', 'NOT_ELIGIBLE', 'FAMILY_REGISTER_FULL', 'FAMILY_REGISTER_INDIVIDUAL', 'REGISTER_ADDENDUM']);
    const full = (more: Partial<Held>): string => outcome(asked('FAMILY_REGISTER_FULL'), elsewhere(more));
    expect([full({ domicileUse: undefined }), full({ domicileUse: { ...use, isProtected: true } }), full({ residentKey: 'resident-0009' }), full({ familyRegister: undefined }), full({ familyRegister: familyRegister({ isPending: true }) })])
      .toEqual(['NOT_ELIGIBLE', 'PROTECTED_PERSON', 'DOMICILE_NOT_REGISTERED', 'DOMICILE_NOT_REGISTERED', 'ENTRY_PENDING']);
    const aged = (birthDate: string) => full({ familyRegister: familyRegister({ members: familyRegister().members.map((member) => ({ ...member, birthDate: toLocalDate(birthDate) })) }) });
    expect([aged('2001-02-02'), aged('2001-02-01')]).toEqual(['UNDER_AGE', 'FAMILY_REGISTER_FULL']);
  });

  it('the current taxation changes on 1 June', () => {
    expect(['2016-02-01', '2016-05-31', '2016-06-01', '2017-03-31', '2017-04-01'].map((day) => currentTaxYear(toLocalDate(day)))).toEqual([2015, 2015, 2016, 2016, 2016]);
  });
});
