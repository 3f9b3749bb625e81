import { addDays, addYears, type LocalDate } from '#kernel';

/** Grounds of a support measure (支援措置, JUKI-3.8). */
export const GROUNDS = ['DOMESTIC_VIOLENCE', 'STALKING', 'CHILD_ABUSE', 'OTHER'] as const;

/** Last day of the term (JUKI-4.13): start inclusive, one year less a day; 2016-02-29 ends on 2017-02-28. */
export function lastDayOfMeasure(startsOn: LocalDate): LocalDate {
  const anniversary = addYears(startsOn, 1);
  // Without a 29 February the year is full with the 28th itself.
  return startsOn.slice(5) === '02-29' ? anniversary : addDays(anniversary, -1);
}
