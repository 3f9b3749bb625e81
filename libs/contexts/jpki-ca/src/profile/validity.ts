import { addDays, addMonths, ageOn, daysInMonth, localDateOf, nthBirthdayAfter, parseBirthDate, type Feb29Rule, type LocalDate } from '#kernel';

const YEARS = 5;
const YEARS_RENEWED = 6;
/** Signature certificates are not issued below this age (JPKI 4.6 no. 3). */
const SIGN_AGE = 15;

export interface ValidityInput {
  readonly issuedOn: LocalDate;
  /** YYYYMMDD, unknown parts 00. */
  readonly birthDate: string;
  readonly cardExpiry: LocalDate;
  /** A signature certificate does not outlive the authentication certificate beside it. */
  readonly authEnd?: LocalDate | undefined;
  /** End of the certificate that this one renews. */
  readonly renewedEnd?: LocalDate | undefined;
  readonly feb29Rule?: Feb29Rule;
}

/** Last day of a certificate (JPKI 4.5). Of a birth date with unknown parts the earliest day counts: never too long a life. */
export function certificateEnd(input: ValidityInput): LocalDate {
  const n = input.renewedEnd !== undefined && isRenewal(input.issuedOn, input.renewedEnd) ? YEARS_RENEWED : YEARS;
  const birthday = nthBirthdayAfter(earliestBirth(input.birthDate), input.issuedOn, n, input.feb29Rule);
  return [input.cardExpiry, input.authEnd ?? birthday].reduce((end, bound) => (bound < end ? bound : end), birthday);
}

/** Renewal opens on the day after the day three months before the end (JPKI 4.5). */
export function isRenewal(issuedOn: LocalDate, oldEnd: LocalDate): boolean {
  return issuedOn >= addDays(addMonths(oldEnd, -3), 1) && issuedOn <= oldEnd;
}

/** The last end of which the renewal is open on a day. */
export function lastRenewableEnd(day: LocalDate): LocalDate {
  let end = addMonths(day, 3);
  while (!isRenewal(day, end)) end = addDays(end, -1);
  return end;
}

/** Whether the holder is surely old enough for a signature certificate; an unknown part of the birth date proves no age (JPKI 4.4 d). */
export function isOfSigningAge(birthDate: string, today: LocalDate): boolean {
  const birth = latestBirth(birthDate);
  return birth <= today && ageOn(birth, today) >= SIGN_AGE;
}

function earliestBirth(birthDate: string): LocalDate {
  if (birthDate.startsWith('0000')) return localDateOf(1, 1, 1);
  const { year, month, day } = parseBirthDate(birthDate);
  return localDateOf(year, month ?? 1, day ?? 1);
}

function latestBirth(birthDate: string): LocalDate {
  if (birthDate.startsWith('0000')) return localDateOf(9999, 12, 31);
  const { year, month = 12, day } = parseBirthDate(birthDate);
  return localDateOf(year, month, day ?? daysInMonth(year, month));
}
