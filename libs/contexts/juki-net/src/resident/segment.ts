import type { LocalDate } from '#kernel';
import type { ClosedState, ContentItem } from './change-reason.js';

export type SegmentState = 'LIVE' | 'OUT_PLANNED' | ClosedState;

/** Items of the person as one municipality holds them; '' where it holds none. `birthDate` YYYYMMDD, unknown parts 00. */
export type Content = Readonly<Record<ContentItem, string>>;

/** One stay of a person in one municipality (JUKI-3.2); only that municipality's notices change it (JUKI-4.5.2). */
export interface Segment {
  readonly municipalityCode: string;
  /** Counts the stays in this municipality from 1. */
  readonly stay: number;
  readonly state: SegmentState;
  readonly entryReason: string;
  readonly entryDate: LocalDate;
  readonly previousMunicipalityCode?: string | undefined;
  readonly closedReason?: string | undefined;
  /** Day of the closing; in OUT_PLANNED the planned day. */
  readonly closedDate?: LocalDate | undefined;
  readonly content: Content;
  readonly foreignResident: boolean;
  /** Of a foreign resident, where the municipality told it (30条の45): in no copy and no answer. */
  readonly residencyClass?: string | undefined;
  /** Told by the municipality and to it alone (更新禁止フラグ, JUKI-4.2): the messages of others do not change its record anyway. */
  readonly updateLock?: boolean | undefined;
  /** The last notified change, unless it is the entry or the closing. */
  readonly change?: Change | undefined;
}

/** What an inquiry is told of when and why a record changed last. */
export interface Change {
  readonly reason: string;
  readonly date: LocalDate;
}

/** True while the record exists in the municipality. */
export function isOpen(segment: Segment): boolean {
  return segment.state === 'LIVE' || segment.state === 'OUT_PLANNED';
}

/** The segment on a day: a planned move-out whose day has come has closed the record without further news (JUKI-3.2). */
export function closeDue(segment: Segment, today: LocalDate): Segment {
  if (segment.state !== 'OUT_PLANNED' || segment.closedDate === undefined || segment.closedDate > today) return segment;
  return { ...segment, state: segment.closedReason === '22' ? 'CLOSED_ABROAD' : 'CLOSED_MOVED' };
}

/** The last change of one stay: its municipality's notices have one order, so that it is the same whatever came between (JUKI-4.5.2). */
export function changeOf({ change, closedReason, closedDate, entryReason, entryDate }: Segment): Change {
  if (change !== undefined) return change;
  return closedReason === undefined || closedDate === undefined ? { reason: entryReason, date: entryDate } : { reason: closedReason, date: closedDate };
}

/** The stay with a change: an older day never replaces a later one, but for a death and a day that was only planned. */
export function withChange(before: Segment, after: Segment, change: Change): Segment {
  const isLatest = change.date >= changeOf(before).date || before.state === 'OUT_PLANNED' || after.state === 'CLOSED_DEAD';
  return { ...after, change: isLatest ? change : changeOf(before) };
}

/** The last stay in a municipality, whatever its state. */
export function latestStay(segments: readonly Segment[], municipalityCode: string): Segment | undefined {
  let latest: Segment | undefined;
  for (const segment of segments) {
    if (segment.municipalityCode === municipalityCode && (latest === undefined || segment.stay > latest.stay)) latest = segment;
  }
  return latest;
}

export function isSameStay(a: Segment | undefined, b: Segment | undefined): boolean {
  return a?.municipalityCode === b?.municipalityCode && a?.stay === b?.stay;
}
