import { addMonths, localDateInJapan, startOfDayInJapan, toLocalDate, type LocalDate } from '#kernel';
import type { ProvisionMode, VerifierClass, VerifierPurpose } from '#contracts/jpki-verifier';
import { CLASS_RULES, type FeeGroup } from '../verifier/verifier.js';

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

/** A notification that gave access, from that instant on. */
export interface Granted {
  readonly class: VerifierClass;
  readonly grantedAt: Date;
}

/** What was answered on a day, as whoever answered counts it. */
export interface DayUse {
  readonly day: LocalDate;
  readonly purpose: VerifierPurpose;
  readonly mode: ProvisionMode;
  readonly definitive: number;
  readonly free: number;
}

export interface StatementLine {
  readonly purpose: VerifierPurpose;
  readonly mode: string;
  readonly definitive: number;
  readonly free: number;
  readonly amountYen: number;
}

/**
 * The lines of a statement (JPKI 4.13): a day costs what it costs the class of the last notification that gave access by its end; one before the
 * first of them is on no statement.
 */
export function linesOf(days: readonly DayUse[], granted: readonly Granted[]): StatementLine[] {
  const notified = granted.toSorted((a, b) => a.grantedAt.getTime() - b.grantedAt.getTime());
  const lines = new Map<string, StatementLine>();
  for (const use of days) {
    const last = notified.findLast(({ grantedAt }) => localDateInJapan(grantedAt) <= use.day);
    if (last === undefined) continue;
    const { purpose, mode, definitive, free } = use;
    const line = lines.get(`${purpose}:${mode}`) ?? { purpose, mode, definitive: 0, free: 0, amountYen: 0 };
    const amountYen = line.amountYen + amountOf({ class: last.class, purpose, definitive }, use.day);
    lines.set(`${purpose}:${mode}`, { purpose, mode, definitive: line.definitive + definitive, free: line.free + free, amountYen });
  }
  return [...lines.values()];
}

/** The first instant after a month in Japan. */
export function endOf(month: string): Date {
  return startOfDayInJapan(addMonths(toLocalDate(`${month}-01`), 1));
}

/** The month whose statements come next; undefined while the month after the last one runs. Months that were missed follow one by one. */
export function monthToState(last: string | undefined, now: Date): string | undefined {
  const present = new Date(now.getTime() + JAPAN_MS - CLOSING_MS).toISOString().slice(0, 7);
  const newest = addMonths(toLocalDate(`${present}-01`), -1).slice(0, 7);
  const next = last === undefined ? newest : addMonths(toLocalDate(`${last}-01`), 1).slice(0, 7);
  return next <= newest ? next : undefined;
}

const COLUMNS = 'verifier,month,purpose,mode,definitive,free,amount_yen';

/** The file of a statement: no field needs quoting. */
export function statementCsv(organisation: string, month: string, lines: readonly StatementLine[]): string {
  const rows = lines.map(({ purpose, mode, definitive, free, amountYen }) => [organisation, month, purpose, mode, definitive, free, amountYen].join(','));
  return [COLUMNS, ...rows].map((line) => `${line}\r\n`).join('');
}
