import type { CertificateOption, CertificateType } from '#contracts/municipal-issuer';
import { municipalIssuerProblems } from '#contracts/municipal-issuer';
import { ageOn, fiscalYearOf, localDateOf, parseNameElements, partsOfDate, type LocalDate } from '#kernel';
import type { DomicileUse, FamilyRegister, Resident, SealRegistration, Taxation } from '../record/record-line.js';

/** CARD-4.15: an applicant at a kiosk is at least 15. */
const LEAST_AGE = 15;
/** Written characters that the frame of a name takes. */
const LONGEST_NAME = 64;

/** What is asked for, and what the municipality serves. */
export interface Asked {
  readonly type: CertificateType;
  readonly options: readonly CertificateOption[];
  readonly served: readonly CertificateType[];
  readonly servedOptions: readonly CertificateOption[];
}

/** The records that may matter to the type; what there is none of is absent. */
export interface Held {
  readonly residentKey: string;
  readonly resident: Resident | undefined;
  readonly household: readonly Resident[];
  readonly seal: SealRegistration | undefined;
  readonly taxation: Taxation | undefined;
  readonly familyRegister: FamilyRegister | undefined;
  readonly domicileUse: DomicileUse | undefined;
}

/** What a certificate shows, by type. */
export type Shown =
  | { readonly type: 'RESIDENT_RECORD'; readonly members: readonly Resident[]; readonly isWhole: boolean; readonly options: readonly CertificateOption[] }
  | { readonly type: 'SEAL_CERT'; readonly resident: Resident; readonly seal: SealRegistration }
  | { readonly type: 'INCOME_TAX_CERT'; readonly resident: Resident; readonly taxation: Taxation }
  | { readonly type: 'FAMILY_REGISTER_FULL' | 'FAMILY_REGISTER_INDIVIDUAL' | 'REGISTER_ADDENDUM'; readonly register: FamilyRegister };

/** The taxation that is current at a kiosk: from 1 June, when the notices are out, that of the year; before it the one of the year before (CARD-4.15). */
export function currentTaxYear(today: LocalDate): number {
  const year = fiscalYearOf(today);
  const { year: calendarYear } = partsOfDate(today);
  return calendarYear === year && today < localDateOf(year, 6, 1) ? year - 1 : year;
}

/**
 * CARD-4.15: whether a resident may have the certificate at a kiosk, and what it shows. Refuses TYPE_NOT_SERVED, NOT_ELIGIBLE,
 * PROTECTED_PERSON, DECEASED, MOVE_OUT_NOTIFIED, UNDER_AGE, ENTRY_PENDING, DOMICILE_NOT_REGISTERED, NAME_TOO_LONG, in this order: one who is
 * protected learns nothing else.
 */
export function shownFor(asked: Asked, held: Held, today: LocalDate): Shown {
  requireServed(asked);
  const shown = held.resident === undefined && held.domicileUse !== undefined ? forDomicile(asked.type, held, held.domicileUse, today) : contentsOf(asked, held, applicant(held.resident, today));
  if (namesOf(shown).some((name) => parseNameElements(name).length > LONGEST_NAME)) throw refusal('NAME_TOO_LONG');
  return shown;
}

function requireServed({ type, options, served, servedOptions }: Asked): void {
  const offered = type === 'RESIDENT_RECORD' ? servedOptions : [];
  if (!served.includes(type) || options.some((option) => !offered.includes(option))) throw refusal('TYPE_NOT_SERVED');
}

function applicant(resident: Resident | undefined, today: LocalDate): Resident {
  if (resident === undefined) throw refusal('NOT_ELIGIBLE');
  if (resident.isProtected) throw refusal('PROTECTED_PERSON');
  if (resident.state !== 'RESIDENT') throw refusal(resident.state);
  if (ageOn(resident.birthDate, today) < LEAST_AGE) throw refusal('UNDER_AGE');
  if (resident.isPending) throw refusal('ENTRY_PENDING');
  return resident;
}

function contentsOf({ type, options }: Asked, { residentKey, household, seal, taxation, familyRegister }: Held, resident: Resident): Shown {
  switch (type) {
    case 'RESIDENT_RECORD':
      return { type, isWhole: options.includes('HOUSEHOLD'), options, members: options.includes('HOUSEHOLD') ? livingTogether(household) : [resident] };
    case 'SEAL_CERT':
      if (seal === undefined) throw refusal('NOT_ELIGIBLE');
      return { type, resident, seal };
    case 'INCOME_TAX_CERT':
      if (taxation === undefined) throw refusal('NOT_ELIGIBLE');
      return { type, resident, taxation };
    default:
      return { type, register: registerFor(type, residentKey, familyRegister) };
  }
}

/** One who lives elsewhere and registered the use of the domicile (本籍地利用登録) has certificates of the register alone, which also tells the age. */
function forDomicile(type: CertificateType, { residentKey, familyRegister }: Held, { isProtected }: DomicileUse, today: LocalDate): Shown {
  if (isProtected) throw refusal('PROTECTED_PERSON');
  if (type === 'RESIDENT_RECORD' || type === 'SEAL_CERT' || type === 'INCOME_TAX_CERT') throw refusal('NOT_ELIGIBLE');
  const own = familyRegister?.members.find(({ resident }) => resident === residentKey);
  if (own !== undefined && ageOn(own.birthDate, today) < LEAST_AGE) throw refusal('UNDER_AGE');
  return { type, register: registerFor(type, residentKey, familyRegister) };
}

/** The members that the sheet still shows. One who is protected, or whose entry is open, stops the whole of it. */
function livingTogether(household: readonly Resident[]): Resident[] {
  const members = household.filter(({ state }) => state === 'RESIDENT');
  if (members.some(({ isProtected }) => isProtected)) throw refusal('PROTECTED_PERSON');
  if (household.some(({ isPending }) => isPending)) throw refusal('ENTRY_PENDING');
  return members;
}

/** A register is served to those who stand in it and were not removed; the individual one shows the applicant alone. */
function registerFor(type: CertificateType, residentKey: string, register: FamilyRegister | undefined): FamilyRegister {
  const own = register?.members.find((member) => member.resident === residentKey && !member.isRemoved);
  if (register === undefined || own === undefined) throw refusal('DOMICILE_NOT_REGISTERED');
  if (register.isPending) throw refusal('ENTRY_PENDING');
  return type === 'FAMILY_REGISTER_INDIVIDUAL' ? { ...register, members: [own] } : register;
}

function namesOf(shown: Shown): string[] {
  switch (shown.type) {
    case 'RESIDENT_RECORD':
      return shown.members.flatMap(({ name, householdHead, registerHead }) => [name, householdHead, ...(registerHead === undefined ? [] : [registerHead])]);
    case 'SEAL_CERT':
    case 'INCOME_TAX_CERT':
      return [shown.resident.name];
    default:
      return [shown.register.head, ...shown.register.members.flatMap(({ name, father, mother }) => [name, father ?? '', mother ?? ''])];
  }
}

function refusal(code: Parameters<typeof municipalIssuerProblems.refuse>[0]): Error {
  return municipalIssuerProblems.refuse(code);
}
