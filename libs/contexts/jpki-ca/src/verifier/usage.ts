import { addDays, addMonths, localDateInJapan, startOfDayInJapan, toLocalDate, type LocalDate } from '#kernel';

const JAPAN_MS = 9 * 3_600_000;
/** A month is closed so long after its end, when its last answers are committed. */
const CLOSING_MS = 3 * 3_600_000;

/** The month after this one, both as YYYY-MM. */
export function nextMonth(month: string): string {
  return addMonths(toLocalDate(`${month}-01`), 1).slice(0, 7);
}

export interface MonthSpan {
  readonly first: LocalDate;
  readonly last: LocalDate;
  /** Its first instant in Japan, and that of the next month. */
  readonly from: Date;
  readonly to: Date;
}

export function spanOf(month: string): MonthSpan {
  const first = toLocalDate(`${month}-01`);
  const next = addMonths(first, 1);
  return { first, last: addDays(next, -1), from: startOfDayInJapan(first), to: startOfDayInJapan(next) };
}

const HOUR_MS = 3_600_000;

/** The hours of a month, which is counted by them. */
export function hoursOf(month: string): number {
  const { from, to } = spanOf(month);
  return (to.getTime() - from.getTime()) / HOUR_MS;
}

export interface Hour {
  readonly day: LocalDate;
  readonly from: Date;
  readonly to: Date;
}

/** `index` from 0. */
export function hourOf(month: string, index: number): Hour {
  const from = new Date(spanOf(month).from.getTime() + index * HOUR_MS);
  return { day: localDateInJapan(from), from, to: new Date(from.getTime() + HOUR_MS) };
}

/** The month that is counted next; undefined while the month after the last one runs. Months that were missed follow one by one. */
export function monthToCount(last: string | undefined, now: Date): string | undefined {
  const present = new Date(now.getTime() + JAPAN_MS - CLOSING_MS).toISOString().slice(0, 7);
  const newest = addMonths(toLocalDate(`${present}-01`), -1).slice(0, 7);
  const next = last === undefined ? newest : nextMonth(last);
  return next <= newest ? next : undefined;
}

export interface MonthStep {
  readonly month: string;
  readonly step: 'COUNTED' | 'DROPPED';
}

/**
 * Months of which the single answers are not needed any more, the oldest first: counted, and so is the month after, whose first hour
 * looks back into it, and in which a statement can be gone through (JPKI 4.13). The audit trail keeps the answers.
 */
export function overMonths(steps: readonly MonthStep[]): string[] {
  const monthsOf = (step: MonthStep['step']): Set<string> => new Set(steps.filter((one) => one.step === step).map(({ month }) => month));
  const [counted, dropped] = [monthsOf('COUNTED'), monthsOf('DROPPED')];
  return [...counted].filter((month) => counted.has(nextMonth(month)) && !dropped.has(month)).toSorted();
}
