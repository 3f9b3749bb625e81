import type { CourseSeries } from '#contracts/training';

/** Counts of seminars of one series, or of some of them (TRN-4.10). */
export interface SeminarFigures {
  readonly planned: number;
  readonly held: number;
  /** Cancelled or postponed; their places are not in `capacity`. */
  readonly calledOff: number;
  readonly capacity: number;
  readonly applications: number;
  /** Who had a place when the session began. */
  readonly admitted: number;
  readonly absent: number;
  readonly attended: number;
  readonly completed: number;
}

/** Counts of e-learning of one series. */
export interface ElearningFigures {
  readonly courses: number;
  readonly capacity: number;
  readonly registered: number;
  readonly started: number;
  readonly finished: number;
  /** From the start to the end, of those who finished. */
  readonly medianDays: number | null;
}

/** A row of e-learning in the reports. */
export interface ElearningRow extends ElearningFigures {
  readonly series: CourseSeries;
}

/** Per cent with one decimal; null where there is nothing to measure by. */
export function percent(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part * 1_000) / whole) / 10;
}

/** fill, noShow, completion and demand as TRN-4.10 defines them; unknown where a count is withheld. */
export function seminarRatios({ capacity, applications, admitted, absent, attended, completed }: Shown<SeminarFigures>): SeminarRatios {
  return { fill: shareOf(admitted, capacity), noShow: shareOf(absent, admitted), completion: shareOf(completed, attended), demand: shareOf(applications, capacity) };
}

/** start and finish of e-learning, of those who registered. */
export function elearningRatios({ registered, started, finished }: Pick<Shown<ElearningFigures>, 'registered' | 'started' | 'finished'>): { readonly startRate: number | null; readonly finishRate: number | null } {
  return { startRate: shareOf(started, registered), finishRate: shareOf(finished, registered) };
}

function shareOf(part: number | null, whole: number | null): number | null {
  return part === null || whole === null ? null : percent(part, whole);
}

export interface SeminarRatios {
  readonly fill: number | null;
  readonly noShow: number | null;
  readonly completion: number | null;
  readonly demand: number | null;
}

/** Below this a count of people is not shown to others than their body (TRN-4.10). */
export const SMALLEST_CELL = 5;

/**
 * Counts of people as they are shown to others than their body: 1 to 4 are withheld, and where that is one cell alone of a column whose sum is shown
 * the smallest other one as well, since the sum would tell it. A count of nobody tells of nobody.
 */
export function shownCells(counts: readonly number[]): (number | null)[] {
  const isSmall = (count: number): boolean => count > 0 && count < SMALLEST_CELL;
  const withheld = new Set(counts.flatMap((count, index) => (isSmall(count) ? [index] : [])));
  if (withheld.size === 1) {
    const others = counts.flatMap((count, index) => (count >= SMALLEST_CELL ? [{ count, index }] : []));
    const smallest = others.reduce<{ count: number; index: number } | undefined>((least, one) => (least === undefined || one.count < least.count ? one : least), undefined);
    if (smallest !== undefined) withheld.add(smallest.index);
  }
  return counts.map((count, index) => (withheld.has(index) ? null : count));
}

/** Columns that count people. */
export const SEMINAR_PEOPLE = ['applications', 'admitted', 'absent', 'attended', 'completed'] as const;
export const ELEARNING_PEOPLE = ['registered', 'started', 'finished'] as const;
export type PeopleCount = (typeof SEMINAR_PEOPLE)[number];

/** A row in which counts of people may be withheld. */
export type Shown<T> = { readonly [Column in keyof T]: Column extends PeopleCount | (typeof ELEARNING_PEOPLE)[number] ? number | null : T[Column] };

/** Rows of which these columns count people, each column withheld by `shownCells`. */
export function shownRows<T extends Readonly<Record<Column, number>>, Column extends string>(rows: readonly T[], people: readonly Column[]): (Omit<T, Column> & Record<Column, number | null>)[] {
  const columns = people.map((name) => ({ name, cells: shownCells(rows.map((row) => row[name])) }));
  return rows.map((row, index) => Object.assign({ ...row }, ...columns.map(({ name, cells }) => ({ [name]: cells[index] ?? null }))));
}

/** Rows of seminars as others see them: who came and who did not make up the admitted, so that one of the two would tell the other. */
export function shownSeminars<T extends Readonly<Record<PeopleCount, number>>>(rows: readonly T[]): (Omit<T, PeopleCount> & Record<PeopleCount, number | null>)[] {
  return shownRows(rows, SEMINAR_PEOPLE).map((row) => (row.absent === null || row.attended === null ? { ...row, absent: null, attended: null } : row));
}

/** A row of the monthly report (TRN-4.10): the plan and extra sessions apart. */
export interface MonthRow extends SeminarFigures {
  readonly series: CourseSeries;
  readonly isExtra: boolean;
}

const MONTH = /^(\d{4})-(\d{2})$/;

/** `2015-09` of a date or instant in Japan. */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** The month before: `2015-12` of `2016-01`. */
export function monthBefore(month: string): string {
  const [year, number] = partsOf(month);
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`;
}

/** The month after. */
export function monthAfter(month: string): string {
  const [year, number] = partsOf(month);
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
}

function partsOf(month: string): [number, number] {
  const match = MONTH.exec(month);
  return [Number(match?.[1]), Number(match?.[2])];
}
