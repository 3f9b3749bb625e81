import { InvalidValue } from '../invalid-value.js';
import { type Era, eraOf } from './era.js';
import { daysInMonth, type LocalDate, localDateOf } from './local-date.js';

/** A date of birth whose day, or month and day, may be unknown (JUKI 4.2). A known day needs a known month. */
export interface BirthDate {
  readonly year: number;
  readonly month?: number;
  readonly day?: number;
}

const KIND = 'birthDate';

/** `19450312`, `1945-03-12`, with `00` for what is unknown. Throws InvalidValue FORMAT or NO_SUCH_DAY. */
export function parseBirthDate(text: string): BirthDate {
  const match = /^([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})$/.exec(text);
  if (match === null) throw new InvalidValue(KIND, 'FORMAT');
  const [year, month, day] = [Number(match[1]), Number(match[3]), Number(match[4])];
  if (year < 1 || month > 12 || (month === 0 && day !== 0)) throw new InvalidValue(KIND, 'NO_SUCH_DAY');
  if (month === 0) return { year };
  if (day > daysInMonth(year, month)) throw new InvalidValue(KIND, 'NO_SUCH_DAY');
  return day === 0 ? { year, month } : { year, month, day };
}

/** Eight digits, `00` for what is unknown: `19450000`. */
export function formatBirthDate8(birth: BirthDate): string {
  const digits = (value: number | undefined, width: number) => String(value ?? 0).padStart(width, '0');
  return digits(birth.year, 4) + digits(birth.month, 2) + digits(birth.day, 2);
}

/** The day when it is wholly known; a date with unknown parts proves no age and matches nothing by itself (JPKI 4.4 d). */
export function completeBirthDate(birth: BirthDate): LocalDate | undefined {
  return birth.month === undefined || birth.day === undefined ? undefined : localDateOf(birth.year, birth.month, birth.day);
}

/** The era when every day the birth date may mean lies in one; undefined for 1989-00-00 (昭和64 or 平成1). */
export function eraOfBirthDate(birth: BirthDate): Era | undefined {
  const lastMonth = birth.month ?? 12;
  const first = localDateOf(birth.year, birth.month ?? 1, birth.day ?? 1);
  const last = localDateOf(birth.year, lastMonth, birth.day ?? daysInMonth(birth.year, lastMonth));
  const era = eraOf(last);
  return era.firstDay <= first ? era : undefined;
}
