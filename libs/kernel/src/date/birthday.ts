import { InvalidValue } from '../invalid-value.js';
import { isLeapYear, type LocalDate, localDateOf, partsOfDate } from './local-date.js';

/**
 * When a person born on 29 February has a birthday: on 28 February of every year (CARD 4.6), or on 28 February only of
 * years without a 29th (JPKI 4.5, the reading of comparable law).
 */
export type Feb29Rule = 'FEB28_EVERY_YEAR' | 'FEB28_NON_LEAP';

/** The birthday that falls in the year. */
export function birthdayIn(birth: LocalDate, year: number, rule: Feb29Rule = 'FEB28_EVERY_YEAR'): LocalDate {
  const { month, day } = partsOfDate(birth);
  const movesToFeb28 = month === 2 && day === 29 && (rule === 'FEB28_EVERY_YEAR' || !isLeapYear(year));
  return localDateOf(year, month, movesToFeb28 ? 28 : day);
}

/** The n-th birthday strictly after the date, n from 1; a birthday on the date itself does not count (CARD 4.6). */
export function nthBirthdayAfter(birth: LocalDate, date: LocalDate, n: number, rule: Feb29Rule = 'FEB28_EVERY_YEAR'): LocalDate {
  if (!Number.isInteger(n) || n < 1) throw new InvalidValue('birthdayCount', 'RANGE');
  const { year } = partsOfDate(date);
  const first = birthdayIn(birth, year, rule) > date ? year : year + 1;
  return birthdayIn(birth, first + n - 1, rule);
}

/** Completed years on the day; the birthday itself counts. Throws InvalidValue `age` / BEFORE_BIRTH. */
export function ageOn(birth: LocalDate, date: LocalDate, rule: Feb29Rule = 'FEB28_EVERY_YEAR'): number {
  if (date < birth) throw new InvalidValue('age', 'BEFORE_BIRTH');
  const { year } = partsOfDate(date);
  const years = year - partsOfDate(birth).year;
  return date >= birthdayIn(birth, year, rule) ? years : years - 1;
}
