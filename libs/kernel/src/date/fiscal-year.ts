import { addDays, addYears, isLeapYear, type LocalDate, partsOfDate } from './local-date.js';

/** 会計年度: begins on 1 April (地方自治法 art. 208). */
export function fiscalYearOf(date: LocalDate): number {
  const { year, month } = partsOfDate(date);
  return month >= 4 ? year : year - 1;
}

/**
 * Last day of "N years counted from (起算して) the day", the day included (JUKI 4.11). Where the last year has no such day
 * the term ends with the month (民法 art. 143): 2016-02-29, 5 years -> 2021-02-28.
 */
export function retentionLastDay(noticeDate: LocalDate, years: number): LocalDate {
  const { year, month, day } = partsOfDate(noticeDate);
  const same = addYears(noticeDate, years);
  return month === 2 && day === 29 && !isLeapYear(year + years) ? same : addDays(same, -1);
}
