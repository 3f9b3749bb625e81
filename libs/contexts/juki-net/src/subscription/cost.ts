import type { LocalDate } from '#kernel';
import { type FeeClass, YEN_PER_LINE } from '../inquiry/grant.js';
import { type Calendar, dueAfter } from './subscription.js';

/** Shorter lists would let the history of a person be read from a preview, without a fee or a record of use. */
export const FEWEST_PERSONS = 20;

export interface ChangeOfPerson {
  readonly personKey: string;
  readonly day: LocalDate;
}

/** Lines that a feed with this calendar would have had: the changes of a person until the next file are one line. */
export function linesOfHistory(calendar: Calendar, changes: readonly ChangeOfPerson[]): number {
  return new Set(changes.map(({ personKey, day }) => `${personKey}/${dueAfter(calendar, day)}`)).size;
}

export interface Asked {
  /** Persons whose history was counted, and its lines of a year. */
  readonly sample: number;
  readonly historyLines: number;
  /** How many the whole list has. */
  readonly listSize: number;
  /** Askings of the whole list a year, or the lines of the batches of the past year. */
  readonly full: { readonly timesPerYear: number } | { readonly batches: number; readonly lines: number };
  readonly feeClass: FeeClass;
}

export interface Cost {
  readonly lines: number;
  readonly yen: number;
  readonly arithmetic: string;
}

/** What asking for everybody again costs a year, and what being told of changes would (JUKI-4.7, 8). */
export function costOf({ sample, historyLines, listSize, full, feeClass }: Asked): { readonly fullAsking: Cost; readonly changeFeed: Cost; readonly saved: { readonly lines: number; readonly yen: number } } {
  const yenPerLine = YEN_PER_LINE[feeClass];
  const cost = (lines: number, how: string): Cost => ({ lines, yen: lines * yenPerLine, arithmetic: `${how} = ${lines} lines; ${lines} × ${yenPerLine} yen = ${lines * yenPerLine} yen` });
  const fullAsking = 'timesPerYear' in full ? cost(listSize * full.timesPerYear, `${listSize} persons × ${full.timesPerYear} times`) : cost(full.lines, `${full.batches} batches of the past year`);
  const expected = Math.ceil(historyLines * listSize / sample);
  const changeFeed = cost(expected, `${historyLines} lines of the past year × ${listSize} persons / ${sample} sampled, rounded up`);
  return { fullAsking, changeFeed, saved: { lines: fullAsking.lines - changeFeed.lines, yen: fullAsking.yen - changeFeed.yen } };
}
