import { addMonths, addYears, localDateInJapan, type LocalDate, startOfDayInJapan, toLocalDate } from '#kernel';
import { codeOn, type Succession } from '../merger/municipality-change.js';

/** Columns of the extract (MSTA, JUKI-5.3) after the random id and the table that the move counts in. */
export const MSTA_COLUMNS = [
  'id', 'table', 'month', 'municipalityCode', 'previousMunicipalityCode', 'sex', 'birthDate', 'nationalityFlag', 'reason', 'moveYearMonth', 'sign',
] as const;

/** A notice that may tell of a move between municipalities or to and from abroad. */
export interface Move {
  readonly reason: string;
  readonly municipalityCode: string;
  readonly previousMunicipalityCode: string | null;
  /** Day of the move. */
  readonly changeDate: LocalDate;
  /** Day on which the record at the previous municipality ended, where the register knows it. */
  readonly leftOn: LocalDate | null;
  /** The entry came after the person's death: waiting for an officer, or cancelled by then (26). */
  readonly isAfterDeath?: boolean | undefined;
}

/** Moved in by notification (住基法22条), or ex officio in its place (8条). */
const MOVED_IN = ['11', '14'];
const ABROAD = ['12', '18', '22'];

/**
 * The table in which a move counts (JUKI-4.10): moves abroad have their own. Not counted: moves within the municipality, from an
 * unknown place (13), a year or more after the person left, and those of the dead (JUKI-4.5 V3). Wards count as the municipality codes that notices name.
 */
export function tableOf({ reason, municipalityCode, previousMunicipalityCode, changeDate, leftOn, isAfterDeath }: Move): 'DOMESTIC' | 'ABROAD' | undefined {
  if (isAfterDeath === true) return undefined;
  if (ABROAD.includes(reason)) return 'ABROAD';
  if (!MOVED_IN.includes(reason) || previousMunicipalityCode === null || previousMunicipalityCode === municipalityCode) return undefined;
  return leftOn !== null && changeDate >= addYears(leftOn, 1) ? undefined : 'DOMESTIC';
}

/** The move by the codes of the day of its notification: between municipalities that had merged by then it is none (JUKI-4.10). */
export function onDayOfNotification<M extends Move>(move: M, successions: readonly Succession[], day: LocalDate): M {
  const { municipalityCode, previousMunicipalityCode: previous } = move;
  return { ...move, municipalityCode: codeOn(successions, municipalityCode, day), previousMunicipalityCode: previous === null ? null : codeOn(successions, previous, day) };
}

/** A month as `YYYY-MM`. */
export function monthOf(day: LocalDate): string {
  return day.slice(0, 7);
}

export function monthBefore(month: string): string {
  return monthOf(addMonths(toLocalDate(`${month}-01`), -1));
}

/** First instant of a month and of the next, in Japan. */
export function boundsOf(month: string): { readonly from: Date; readonly to: Date } {
  const first = toLocalDate(`${month}-01`);
  return { from: startOfDayInJapan(first), to: startOfDayInJapan(addMonths(first, 1)) };
}

/** What must be so before an extract of a month is made: the month is over, and no later one was made, which its cancellations would miss. */
export function extractFault(month: string, latest: string | undefined, now: Date): 'MONTH_NOT_OVER' | 'EXTRACT_ORDER' | undefined {
  if (month >= monthOf(localDateInJapan(now))) return 'MONTH_NOT_OVER';
  return latest !== undefined && month < latest ? 'EXTRACT_ORDER' : undefined;
}
