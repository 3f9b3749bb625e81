import { addYears, type LocalDate } from '#kernel';
import { jukiCardProblems } from '#contracts/juki-card';

const MOST_PEOPLE = 30_000;

/** Refuses NOT_ELIGIBLE above 30,000 people of the resident record of 1 January (CARD-4.14). */
export function requireEligible(population: number): void {
  if (population > MOST_PEOPLE) throw jukiCardProblems.refuse('NOT_ELIGIBLE', { facts: { population, most: MOST_PEOPLE } });
}

/** Whether the count is the last one of a 1 January. */
export function isLastNewYear(countedOn: LocalDate, today: LocalDate): boolean {
  return countedOn.endsWith('-01-01') && countedOn <= today && addYears(countedOn, 1) > today;
}

/** When juki cards end (CARD-4.14). */
export interface IssuingEnd {
  readonly lastIssuingDay: LocalDate;
  readonly numberCardStart: LocalDate;
}

/** Refuses PAST_CUT_OFF after the last issuing day. */
export function requireBeforeCutOff({ lastIssuingDay }: IssuingEnd, today: LocalDate): void {
  if (today > lastIssuingDay) throw jukiCardProblems.refuse('PAST_CUT_OFF', { facts: { lastIssuingDay } });
}
