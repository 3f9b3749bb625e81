import holidayJp from '@holiday-jp/holiday_jp';
import { addDays, dayOfWeek, type LocalDate } from '../date/local-date.js';
import { InvalidValue } from '../invalid-value.js';

const HOLIDAYS: ReadonlySet<string> = new Set(Object.keys(holidayJp.holidays));
const FIRST_YEAR = '1970';
const LAST_YEAR = '2050';

/**
 * A day on which offices are open: not Saturday or Sunday, not a national holiday (祝日法), not 29 December to 3 January
 * (地方自治法 art. 4-2). Known for 1970 to 2050; throws InvalidValue `businessDay` / OUTSIDE_CALENDAR beyond.
 */
export function isBusinessDay(date: LocalDate): boolean {
  const year = date.slice(0, 4);
  if (year < FIRST_YEAR || year > LAST_YEAR) throw new InvalidValue('businessDay', 'OUTSIDE_CALENDAR');
  const weekday = dayOfWeek(date);
  return weekday !== 0 && weekday !== 6 && !isYearEndClosing(date) && !HOLIDAYS.has(date);
}

/**
 * The n-th business day after the date, before it when n is negative; the date itself is not counted. For n = 0 the first
 * business day on or after the date.
 */
export function addBusinessDays(date: LocalDate, n: number): LocalDate {
  if (!Number.isInteger(n)) throw new InvalidValue('businessDay', 'COUNT');
  const step = n < 0 ? -1 : 1;
  let day = n === 0 ? addDays(date, -1) : date;
  for (let left = Math.max(Math.abs(n), 1); left > 0; ) {
    day = addDays(day, step);
    if (isBusinessDay(day)) left -= 1;
  }
  return day;
}

function isYearEndClosing(date: LocalDate): boolean {
  const monthDay = date.slice(5);
  return monthDay >= '12-29' || monthDay <= '01-03';
}
