import { addDays, type LocalDate } from '#kernel';
import { isOpen, isSameStay, type Segment } from './segment.js';

export type PersonStatus = 'RESIDENT' | 'IN_TRANSIT' | 'ABROAD' | 'DECEASED' | 'DELETED' | 'CONFLICT';

/** Two live records stand for more than 30 days before they are a conflict (JUKI-3.2). */
const CONFLICT_AFTER_DAYS = 31;

/** What the segments of a person say together. From `next.on` on, `next.status` holds without any further notice. */
export interface Standing {
  readonly status: PersonStatus;
  readonly next?: { readonly status: PersonStatus; readonly on: LocalDate } | undefined;
  readonly current: Segment;
  /** Entries dated after the death: they decide nothing until an operator has the municipality's answer (JUKI-4.5 V3). */
  readonly quarantined: readonly Segment[];
}

/** Derives the standing from the segments alone, so that no order of arrival can change it (JUKI-4.5.2). */
export function standingOf(segments: readonly Segment[]): Standing | undefined {
  const valid = segments.filter((segment) => segment.state !== 'CLOSED_ERROR');
  const death = deathDate(valid);
  const quarantined = death === undefined ? [] : valid.filter((segment) => segment.state !== 'CLOSED_DEAD' && segment.entryDate > death);
  const counted = quarantined.length === 0 ? valid : valid.filter((segment) => !quarantined.includes(segment));
  const open = counted.filter(isOpen);
  const current = latestOf(open) ?? latestOf(counted) ?? latestOf(segments);
  if (current === undefined) return undefined;
  if (death !== undefined) return { status: 'DECEASED', current, quarantined };
  if (open.length === 0) return { status: closedStatus(current), current, quarantined };
  return { status: 'RESIDENT', next: conflictOf(current, open) ?? departureOf(current), current, quarantined };
}

/** The status on a day: what is due by then holds. */
export function statusOn(standing: Pick<Standing, 'status' | 'next'>, day: LocalDate): PersonStatus {
  return standing.next !== undefined && standing.next.on <= day ? standing.next.status : standing.status;
}

function deathDate(segments: readonly Segment[]): LocalDate | undefined {
  let earliest: LocalDate | undefined;
  for (const { state, closedDate } of segments) {
    if (state === 'CLOSED_DEAD' && closedDate !== undefined && (earliest === undefined || closedDate < earliest)) earliest = closedDate;
  }
  return earliest;
}

function closedStatus({ state }: Segment): PersonStatus {
  switch (state) {
    case 'LIVE':
    case 'OUT_PLANNED':
      return 'RESIDENT';
    case 'CLOSED_MOVED':
      return 'IN_TRANSIT';
    case 'CLOSED_ABROAD':
      return 'ABROAD';
    case 'CLOSED_DEAD':
      return 'DECEASED';
    case 'CLOSED_EX_OFFICIO':
    case 'CLOSED_ERROR':
      return 'DELETED';
  }
}

/** Without a record elsewhere the person is under way from the planned day on (JUKI-3.2). */
function departureOf(current: Segment): Standing['next'] {
  if (current.state !== 'OUT_PLANNED' || current.closedDate === undefined) return undefined;
  return { status: current.closedReason === '22' ? 'ABROAD' : 'IN_TRANSIT', on: current.closedDate };
}

/** A move-in explains the record at the former place until its deletion arrives; another entry does not (JUKI-7). */
function conflictOf(current: Segment, open: readonly Segment[]): Standing['next'] {
  const others = open.filter((segment) => segment.state === 'LIVE' && !isSameStay(segment, current));
  if (others.length === 0 || current.state !== 'LIVE') return undefined;
  const explained = others.every((other) => follows(current, other) || (current.entryReason === '11' && other.entryDate < current.entryDate));
  return { status: 'CONFLICT', on: explained ? addDays(current.entryDate, CONFLICT_AFTER_DAYS) : current.entryDate };
}

/** The later one names the earlier as the place that the person came from: this stands for the transfer case. */
function follows(later: Segment, earlier: Segment): boolean {
  return later.previousMunicipalityCode === earlier.municipalityCode && earlier.previousMunicipalityCode !== later.municipalityCode;
}

/** The current address is decided by the dates of entry, never by arrival; equal days by the one that names the other. */
function latestOf(segments: readonly Segment[]): Segment | undefined {
  let latest: Segment | undefined;
  // Naming each other may go round in a circle of three: a fixed order keeps even that the same for every arrival.
  const ordered = segments.length < 3 ? segments : [...segments].sort((a, b) => (a.municipalityCode < b.municipalityCode ? -1 : 1));
  for (const segment of ordered) if (latest === undefined || isLater(segment, latest)) latest = segment;
  return latest;
}

function isLater(a: Segment, b: Segment): boolean {
  if (a.entryDate !== b.entryDate) return a.entryDate > b.entryDate;
  if (a.municipalityCode === b.municipalityCode) return a.stay > b.stay;
  if (follows(a, b)) return true;
  if (follows(b, a)) return false;
  return a.municipalityCode < b.municipalityCode;
}
