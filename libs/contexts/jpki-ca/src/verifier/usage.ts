import { addDays, addMonths, localDateInJapan, startOfDayInJapan, toLocalDate, type LocalDate } from '#kernel';
import type { VerifierClass, VerifierPurpose } from '#contracts/jpki-ca';
import { CLASS_RULES, type FeeGroup } from './verifier.js';

const JAPAN_MS = 9 * 3_600_000;
/** A month is closed so long after its end, when its last answers are committed. */
const CLOSING_MS = 3 * 3_600_000;

export interface FeeRow {
  readonly group: FeeGroup;
  readonly purpose: VerifierPurpose;
  /** First day. */
  readonly from: LocalDate;
  readonly yen: number;
}

const fee = (group: FeeGroup, purpose: VerifierPurpose, from: string, yen: number): FeeRow => ({ group, purpose, from: toLocalDate(from), yen });

/** What a definitive answer costs, by the day on which it was given (JPKI 4.13): the row with the latest first day counts. */
export const FEES: readonly FeeRow[] = [
  fee('GOVERNMENT', 'SIGN', '2016-01-01', 0),
  fee('GOVERNMENT', 'AUTH', '2016-01-01', 0),
  fee('PRIVATE', 'SIGN', '2016-01-01', 20),
  fee('PRIVATE', 'AUTH', '2016-01-01', 2),
  // The waiver.
  fee('PRIVATE', 'SIGN', '2023-01-01', 0),
  fee('PRIVATE', 'AUTH', '2023-01-01', 0),
];

export interface CountedUse {
  readonly class: VerifierClass;
  readonly purpose: VerifierPurpose;
  readonly definitive: number;
}

/** Nothing before the first day of the table. */
export function amountOf(use: CountedUse, day: LocalDate, fees: readonly FeeRow[] = FEES): number {
  const { fees: group } = CLASS_RULES[use.class];
  const [row] = fees.filter((one) => one.group === group && one.purpose === use.purpose && one.from <= day).toSorted((a, b) => (a.from < b.from ? 1 : -1));
  return use.definitive * (row?.yen ?? 0);
}

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

/** The month whose statements come next; undefined while the month after the last one runs. Months that were missed follow one by one. */
export function monthToState(last: string | undefined, now: Date): string | undefined {
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
 * Months of which the single answers are not needed any more, the oldest first: counted and stated, and so is the month after, whose first hour
 * looks back into it, and in which a statement can be gone through (JPKI 4.13). The audit trail keeps the answers.
 */
export function overMonths(steps: readonly MonthStep[]): string[] {
  const monthsOf = (step: MonthStep['step']): Set<string> => new Set(steps.filter((one) => one.step === step).map(({ month }) => month));
  const [counted, dropped] = [monthsOf('COUNTED'), monthsOf('DROPPED')];
  return [...counted].filter((month) => counted.has(nextMonth(month)) && !dropped.has(month)).toSorted();
}

export interface StatementLine {
  readonly purpose: VerifierPurpose;
  readonly mode: string;
  readonly definitive: number;
  readonly free: number;
  readonly amountYen: number;
}

const COLUMNS = 'verifier,month,purpose,mode,definitive,free,amount_yen';

/** The file of a statement: no field needs quoting. */
export function statementCsv(organisation: string, month: string, lines: readonly StatementLine[]): string {
  const rows = lines.map(({ purpose, mode, definitive, free, amountYen }) => [organisation, month, purpose, mode, definitive, free, amountYen].join(','));
  return [COLUMNS, ...rows].map((line) => `${line}\r\n`).join('');
}
