import { isSameOfficer, type LocalDate } from '#kernel';
import { CHANGE_REASONS, CONTENT_ITEMS } from '../resident/change-reason.js';
import { standingOf, type Standing } from '../resident/person-status.js';
import type { Resident, ResidentEvent } from '../resident/resident.js';
import { isOpen, isSameStay, type Segment } from '../resident/segment.js';

/** So long a held notice waits for the one before it; then it is the operators' (JUKI-3.3). */
const HELD_HOURS = 24;
const HOUR_MS = 3_600_000;

export function ageHours(receivedAt: Date, now: Date): number {
  return Math.floor((now.getTime() - receivedAt.getTime()) / HOUR_MS);
}

export function isHeldTooLong(receivedAt: Date, now: Date): boolean {
  return now.getTime() - receivedAt.getTime() > HELD_HOURS * HOUR_MS;
}

export const VERDICTS = ['APPLY', 'REJECT'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What an officer says about a quarantined notice, by the municipality's written answer of that reference. */
export interface Word {
  readonly verdict: Verdict;
  readonly answerReference: string;
  readonly officer: string;
}

/** Two officers say the same of the same answer; who says otherwise begins anew (JUKI-3.3). */
export function weighWord(earlier: Word | undefined, word: Word): 'PROPOSED' | 'DECIDED' | 'SAME_OFFICER' {
  if (earlier?.verdict !== word.verdict || earlier.answerReference !== word.answerReference) return 'PROPOSED';
  return isSameOfficer(earlier.officer, word.officer) ? 'SAME_OFFICER' : 'DECIDED';
}

/** The notice that made an entry. */
export interface Entry {
  readonly municipalityCode: string;
  readonly changeReason: string;
  readonly changeDate: string;
}

export interface Settled {
  readonly resident: Resident;
  readonly standing: Standing;
  /** The stay that the entry opened. */
  readonly stay: number;
  /** Whether the entry is the person's present record now. */
  readonly isPresent: boolean;
  readonly event?: ResidentEvent | undefined;
}

/**
 * Settles an entry after death (JUKI-4.5 V3). APPLY takes it only if the rules do by now: who recorded the death restores that record
 * first (reason 15), since nothing is corrected here. REJECT leaves it in the history as entered by mistake.
 */
export function settleEntry(resident: Resident, entry: Entry, verdict: Verdict, today: LocalDate): Settled | { readonly refusal: 'ENTRY_AFTER_DEATH' | 'RESIDENT_UNKNOWN' } {
  const made = resident.segments
    .filter(({ municipalityCode, entryReason, entryDate }) => municipalityCode === entry.municipalityCode && entryReason === entry.changeReason && entryDate === entry.changeDate)
    .reduce<Segment | undefined>((latest, segment) => (latest === undefined || segment.stay > latest.stay ? segment : latest), undefined);
  if (made === undefined) return { refusal: 'RESIDENT_UNKNOWN' };
  const others = resident.segments.filter((segment) => !isSameStay(segment, made));
  const segment: Segment = verdict === 'APPLY' || made.state === 'CLOSED_ERROR' ? made : { ...made, state: 'CLOSED_ERROR', closedReason: '26', closedDate: today, change: undefined };
  const segments = [...others, segment];
  const standing = standingOf(segments, resident.pointers);
  if (standing === undefined) return { refusal: 'RESIDENT_UNKNOWN' };
  if (verdict === 'APPLY' && standing.quarantined.includes(segment)) return { refusal: 'ENTRY_AFTER_DEATH' };
  const isPresent = verdict === 'APPLY' && isOpen(segment) && isSameStay(standing.current, segment);
  const factVersion = resident.factVersion + (isPresent ? 1 : 0);
  return { resident: { ...resident, factVersion, segments }, standing, stay: segment.stay, isPresent, event: isPresent ? entryEvent(segment, standingOf(others, resident.pointers)?.current, factVersion) : undefined };
}

/** Told as it would have been when it came. */
export function entryEvent(segment: Segment, before: Segment | undefined, factVersion: number): ResidentEvent {
  const former = before?.content;
  return {
    kind: CHANGE_REASONS[segment.entryReason]?.event ?? 'entered',
    factVersion,
    factDate: segment.entryDate,
    municipalityCode: segment.municipalityCode,
    reason: segment.entryReason,
    fields: CONTENT_ITEMS.filter((item) => item === 'address' || segment.content[item] !== (former?.[item] ?? '')),
    previousMunicipalityCode: segment.previousMunicipalityCode,
  };
}
