import { ageOn, completeBirthDate, daysInMonth, localDateOf, nthBirthdayAfter, parseBirthDate, toLocalDate, type Feb29Rule, type LocalDate } from '#kernel';

/** Dated policy (CARD-4.6): the age that gives ten birthdays instead of five, the day on which it is asked, and the birthday of 29 February. */
export interface ValidityPolicy {
  /** Day of application from which on the policy holds. */
  readonly from: LocalDate;
  readonly ageThreshold: number;
  readonly ageReference: 'ISSUE_DATE' | 'APPLICATION_DATE';
  readonly feb29Rule: Feb29Rule;
  readonly adultBirthdays: number;
  readonly minorBirthdays: number;
}

const BIRTHDAYS = { feb29Rule: 'FEB28_EVERY_YEAR', adultBirthdays: 10, minorBirthdays: 5 } as const;
const FIRST_POLICY: ValidityPolicy = { ...BIRTHDAYS, from: toLocalDate('2015-10-05'), ageThreshold: 20, ageReference: 'ISSUE_DATE' };
/** The newest first. */
export const VALIDITY_POLICIES: readonly ValidityPolicy[] = [
  { ...BIRTHDAYS, from: toLocalDate('2022-04-01'), ageThreshold: 18, ageReference: 'APPLICATION_DATE' },
  FIRST_POLICY,
];

/** The policy that holds for what was applied for on a day. */
export function validityPolicy(appliedOn: LocalDate): ValidityPolicy {
  return VALIDITY_POLICIES.find(({ from }) => from <= appliedOn) ?? FIRST_POLICY;
}

/** Last day of a card: the 10th birthday after issue for adults, the 5th for others, never beyond the end of stay (CARD-4.6). */
export function cardExpiry(birth: LocalDate, issuedOn: LocalDate, stayEnd?: LocalDate, appliedOn: LocalDate = issuedOn): LocalDate {
  const { ageReference, ageThreshold, adultBirthdays, minorBirthdays, feb29Rule } = validityPolicy(appliedOn);
  const age = ageOn(birth, ageReference === 'ISSUE_DATE' ? issuedOn : appliedOn, feb29Rule);
  return earlier(nthBirthdayAfter(birth, issuedOn, age >= ageThreshold ? adultBirthdays : minorBirthdays, feb29Rule), stayEnd);
}

/**
 * The new last day of a foreign resident's card after a renewal of stay: never beyond the birthday that bounded it at issue
 * (CARD-4.6). Undefined where that is not later than the present one.
 */
export function extendedExpiry(present: LocalDate, bound: LocalDate, stayEnd: LocalDate): LocalDate | undefined {
  const extended = earlier(bound, stayEnd);
  return extended > present ? extended : undefined;
}

/** Last day of a certificate: the 5th birthday after its issue, never beyond the card (CARD-4.6). */
export function certificateExpiry(birth: LocalDate, issuedOn: LocalDate, cardExpiresOn: LocalDate): LocalDate {
  return earlier(nthBirthdayAfter(birth, issuedOn, 5), cardExpiresOn);
}

/**
 * The day that decides ages and validity for a birth date as registered (`YYYYMMDD`): where a part is unknown, the last day
 * it may mean, so that nobody is taken for older than is proven. Throws InvalidValue `birthDate`.
 */
export function decisiveBirthDate(registered: string): LocalDate {
  const birth = parseBirthDate(registered);
  const month = birth.month ?? 12;
  return completeBirthDate(birth) ?? localDateOf(birth.year, month, birth.day ?? daysInMonth(birth.year, month));
}

/** Under 15 the statutory representative acts, and no signature certificate is issued (CARD-4.3). */
export function needsRepresentative(birth: LocalDate, on: LocalDate): boolean {
  return ageOn(birth, on) < 15;
}

/** Verification number B of the face: birth YYMMDD in the era's year, expiry year (4), security code (4) (CARD-4.8). */
export function verificationNumberB(birth: { readonly eraYear: number; readonly date: LocalDate }, expiry: LocalDate, securityCode: string): string {
  return String(birth.eraYear).padStart(2, '0') + birth.date.slice(5, 7) + birth.date.slice(8, 10) + expiry.slice(0, 4) + securityCode;
}

function earlier(date: LocalDate, limit: LocalDate | undefined): LocalDate {
  return limit !== undefined && limit < date ? limit : date;
}
