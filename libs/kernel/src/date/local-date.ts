import type { Branded } from '../branded.js';
import { InvalidValue } from '../invalid-value.js';

/** A day of the Gregorian calendar without time and zone, `YYYY-MM-DD`, 0001-01-01 to 9999-12-31. Compares as text. */
export type LocalDate = Branded<string, 'LocalDate'>;

export type LocalDateFault = 'FORMAT' | 'NO_SUCH_DAY';

export interface DateParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const KIND = 'localDate';
const DAY_MS = 86_400_000;
const JAPAN_OFFSET_MS = 9 * 3_600_000;

export function localDateFault(text: string): LocalDateFault | undefined {
  const match = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (match === null) return 'FORMAT';
  return isDay(Number(match[1]), Number(match[2]), Number(match[3])) ? undefined : 'NO_SUCH_DAY';
}

/** Throws InvalidValue with the fault. */
export function toLocalDate(text: string): LocalDate {
  const fault = localDateFault(text);
  if (fault !== undefined) throw new InvalidValue(KIND, fault);
  return text as LocalDate;
}

/** Month 1..12, day 1..31; throws InvalidValue NO_SUCH_DAY. */
export function localDateOf(year: number, month: number, day: number): LocalDate {
  if (!isDay(year, month, day)) throw new InvalidValue(KIND, 'NO_SUCH_DAY');
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}` as LocalDate;
}

/** Year, month 1..12 and day 1..31. */
export function partsOfDate(date: LocalDate): DateParts {
  return { year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)), day: Number(date.slice(8, 10)) };
}

export function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** `days` may be negative. */
export function addDays(date: LocalDate, days: number): LocalDate {
  return fromDayNumber(toDayNumber(date) + days);
}

/** Same day of another month; where that month is shorter, its last day. `months` may be negative. */
export function addMonths(date: LocalDate, months: number): LocalDate {
  const { year, month, day } = partsOfDate(date);
  const index = year * 12 + (month - 1) + months;
  const toYear = Math.floor(index / 12);
  const toMonth = index - toYear * 12 + 1;
  return localDateOf(toYear, toMonth, Math.min(day, daysInMonth(toYear, toMonth)));
}

/** Same day of another year; 29 February becomes 28 February where there is none. `years` may be negative. */
export function addYears(date: LocalDate, years: number): LocalDate {
  return addMonths(date, years * 12);
}

/** Days from `from` to `to`; negative when `to` lies before. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return toDayNumber(to) - toDayNumber(from);
}

/** -1, 0 or 1; usable with `sort`. */
export function compareDates(a: LocalDate, b: LocalDate): -1 | 0 | 1 {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** 0 Sunday ... 6 Saturday. */
export function dayOfWeek(date: LocalDate): number {
  return (((toDayNumber(date) + 4) % 7) + 7) % 7;
}

/** The day it is in Japan (UTC+9, no summer time) at the instant. */
export function localDateInJapan(instant: Date): LocalDate {
  const days = Math.floor((instant.getTime() + JAPAN_OFFSET_MS) / DAY_MS);
  if (Number.isNaN(days)) throw new InvalidValue(KIND, 'FORMAT');
  return fromDayNumber(days);
}

/** 00:00:00 in Japan. */
export function startOfDayInJapan(date: LocalDate): Date {
  return new Date(toDayNumber(date) * DAY_MS - JAPAN_OFFSET_MS);
}

/** 23:59:59 in Japan, the last second of a validity (JPKI 4.5). */
export function endOfDayInJapan(date: LocalDate): Date {
  return new Date((toDayNumber(date) + 1) * DAY_MS - JAPAN_OFFSET_MS - 1000);
}

function isDay(year: number, month: number, day: number): boolean {
  const whole = Number.isInteger(year) && Number.isInteger(month) && Number.isInteger(day);
  return whole && year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

/** Days since 1970-01-01, counted in 400-year cycles of years that begin in March, so that the leap day comes last. */
function toDayNumber(date: LocalDate): number {
  const { year, month, day } = partsOfDate(date);
  const marchYear = month <= 2 ? year - 1 : year;
  const cycle = Math.floor(marchYear / 400);
  const yearOfCycle = marchYear - cycle * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfCycle = yearOfCycle * 365 + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100) + dayOfYear;
  return cycle * 146_097 + dayOfCycle - 719_468;
}

function fromDayNumber(days: number): LocalDate {
  const shifted = days + 719_468;
  const cycle = Math.floor(shifted / 146_097);
  const dayOfCycle = shifted - cycle * 146_097;
  const leapDays = Math.floor(dayOfCycle / 1460) - Math.floor(dayOfCycle / 36_524) + Math.floor(dayOfCycle / 146_096);
  const yearOfCycle = Math.floor((dayOfCycle - leapDays) / 365);
  const dayOfYear = dayOfCycle - (365 * yearOfCycle + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return localDateOf(yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0), month, day);
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
