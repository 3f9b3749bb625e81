import { ageOn, completeBirthDate, daysInMonth, localDateOf, nthBirthdayAfter, parseBirthDate, type LocalDate } from '#kernel';

/** Dated policy (CARD-4.6): the threshold that gives ten birthdays instead of five. From 1 April 2022 it is 18. */
export interface ValidityPolicy {
  readonly ageThreshold: number;
  readonly adultBirthdays: number;
  readonly minorBirthdays: number;
}
const UNTIL_2022: ValidityPolicy = { ageThreshold: 20, adultBirthdays: 10, minorBirthdays: 5 };
const FROM_2022: ValidityPolicy = { ...UNTIL_2022, ageThreshold: 18 };

/** The policy in force on a day. */
export function validityPolicy(issuedOn: LocalDate): ValidityPolicy {
  return issuedOn < '2022-04-01' ? UNTIL_2022 : FROM_2022;
}

/** Last day of a card: the 10th birthday after issue for adults, the 5th for others, never beyond the end of stay (CARD-4.6). */
export function cardExpiry(birth: LocalDate, issuedOn: LocalDate, stayEnd?: LocalDate): LocalDate {
  const policy = validityPolicy(issuedOn);
  const birthdays = ageOn(birth, issuedOn) >= policy.ageThreshold ? policy.adultBirthdays : policy.minorBirthdays;
  return earlier(nthBirthdayAfter(birth, issuedOn, birthdays), stayEnd);
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
