import { addDays, type LocalDate } from '#kernel';
import { type Change, changeOf, closeDue, isOpen, isSameStay, type Segment } from './segment.js';

export type PersonStatus = 'RESIDENT' | 'IN_TRANSIT' | 'ABROAD' | 'DECEASED' | 'DELETED' | 'CONFLICT';

/** Two live records stand for more than 30 days before they are a conflict (JUKI-3.2). */
const CONFLICT_AFTER_DAYS = 31;

/** What the segments of a person say together. From `next.on` on, `next.status` holds without any further notice. */
export interface Standing {
  readonly status: PersonStatus;
  readonly next?: { readonly status: PersonStatus; readonly on: LocalDate } | undefined;
  readonly current: Segment;
  /** The person's last change: that of the present record, or the death. */
  readonly change: Change;
  /** Entries dated after the death: they decide nothing until an operator has the municipality's answer (JUKI-4.5 V3). */
  readonly quarantined: readonly Segment[];
}

/** Where the move-out notification of a transfer case that was not withdrawn says that the person goes, and on which planned day. */
export interface Pointer {
  readonly to: string;
  readonly on: LocalDate;
}

/** A planned day and the day of entry that it means are not farther apart. */
const POINTS_WITHIN_DAYS = 60;

/** Derives the standing from the segments and transfer cases alone, so that no order of arrival can change it (JUKI-4.5.2). */
export function standingOf(segments: readonly Segment[], pointers: readonly Pointer[] = []): Standing | undefined {
  const valid = segments.filter((segment) => segment.state !== 'CLOSED_ERROR');
  const dead = earliestDeath(valid);
  const death = dead?.closedDate;
  const quarantined = death === undefined ? [] : valid.filter((segment) => segment.state !== 'CLOSED_DEAD' && segment.entryDate > death);
  const counted = quarantined.length === 0 ? valid : valid.filter((segment) => !quarantined.includes(segment));
  const open = counted.filter(isOpen);
  const current = latestOf(open, pointers) ?? latestOf(counted, pointers) ?? latestOf(segments, pointers);
  if (current === undefined) return undefined;
  const change = changeOf(dead ?? current);
  if (dead !== undefined) return { status: 'DECEASED', current, change, quarantined };
  if (open.length === 0) return { status: closedStatus(current), current, change, quarantined };
  return { status: 'RESIDENT', next: conflictOf(current, open, pointers) ?? departureOf(current), current, change, quarantined };
}

/** Where the person was on a day by what is known now: entries dated later and closings that were still to come are left out (JUKI-4.5). */
export function placeOn(segments: readonly Segment[], day: LocalDate): { readonly municipalityCode: string; readonly since: LocalDate; readonly status: PersonStatus } | undefined {
  const then = segments.filter(({ entryDate, state }) => entryDate <= day && state !== 'CLOSED_ERROR').map((segment) => standsOn(segment, day));
  const standing = standingOf(then);
  return standing === undefined ? undefined : { municipalityCode: standing.current.municipalityCode, since: standing.current.entryDate, status: statusOn(standing, day) };
}

/** On the day of its closing a record is closed: the new one begins that day. */
function standsOn(segment: Segment, day: LocalDate): Segment {
  return segment.closedDate !== undefined && segment.closedDate > day ? { ...segment, state: 'LIVE', closedDate: undefined, closedReason: undefined } : closeDue(segment, day);
}

/** The status on a day: what is due by then holds. */
export function statusOn(standing: Pick<Standing, 'status' | 'next'>, day: LocalDate): PersonStatus {
  return standing.next !== undefined && standing.next.on <= day ? standing.next.status : standing.status;
}

function earliestDeath(segments: readonly Segment[]): Segment | undefined {
  let earliest: Segment | undefined;
  for (const segment of segments) {
    const { state, closedDate, municipalityCode } = segment;
    if (state !== 'CLOSED_DEAD' || closedDate === undefined) continue;
    if (earliest?.closedDate === undefined || closedDate < earliest.closedDate || (closedDate === earliest.closedDate && municipalityCode < earliest.municipalityCode)) earliest = segment;
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

/** A move-in explains the record at the former place until its deletion arrives; another entry does not, nor one of somebody else: the code may be typed wrong (JUKI-7). */
function conflictOf(current: Segment, open: readonly Segment[], pointers: readonly Pointer[]): Standing['next'] {
  const others = open.filter((segment) => segment.state === 'LIVE' && !isSameStay(segment, current));
  if (others.length === 0 || current.state !== 'LIVE') return undefined;
  const explained = others.every((other) => isBornAlike(current, other)
    && (follows(current, other) || isMeant(current, other, pointers) || (current.entryReason === '11' && other.entryDate < current.entryDate)));
  return { status: 'CONFLICT', on: explained ? addDays(current.entryDate, CONFLICT_AFTER_DAYS) : current.entryDate };
}

function isBornAlike({ content: a }: Segment, { content: b }: Segment): boolean {
  return a.birthDate === b.birthDate && a.sex === b.sex;
}

/** The later one names the earlier as the place that the person came from: the case that its entry opens leads there. */
function follows(later: Segment, earlier: Segment): boolean {
  return later.previousMunicipalityCode === earlier.municipalityCode && earlier.previousMunicipalityCode !== later.municipalityCode;
}

/** Of two entries of one day, the one to which a transfer case points. */
function isMeant(segment: Segment, other: Segment, pointers: readonly Pointer[]): boolean {
  return segment.entryDate === other.entryDate && isPointedTo(segment, pointers) && !isPointedTo(other, pointers);
}

function isPointedTo({ municipalityCode, entryDate }: Segment, pointers: readonly Pointer[]): boolean {
  return pointers.some(({ to, on }) => to === municipalityCode && on <= addDays(entryDate, POINTS_WITHIN_DAYS) && on >= addDays(entryDate, -POINTS_WITHIN_DAYS));
}

/** Whether pointers may decide: two records of different municipalities begin on one day. */
export function isTied(segments: readonly Segment[]): boolean {
  return segments.some((segment) => segments.some((other) => other.entryDate === segment.entryDate && other.municipalityCode !== segment.municipalityCode));
}

/**
 * The current address is decided by the dates of entry, never by arrival; equal days by the one that names the other, then by the
 * transfer case. What is equal even so is a conflict from that day on.
 */
function latestOf(segments: readonly Segment[], pointers: readonly Pointer[]): Segment | undefined {
  let latest: Segment | undefined;
  // Naming each other may go round in a circle of three: a fixed order keeps even that the same for every arrival.
  const ordered = segments.length < 3 ? segments : [...segments].sort((a, b) => (a.municipalityCode < b.municipalityCode ? -1 : 1));
  for (const segment of ordered) if (latest === undefined || isLater(segment, latest, pointers)) latest = segment;
  return latest;
}

function isLater(a: Segment, b: Segment, pointers: readonly Pointer[]): boolean {
  if (a.entryDate !== b.entryDate) return a.entryDate > b.entryDate;
  if (a.municipalityCode === b.municipalityCode) return a.stay > b.stay;
  if (follows(a, b)) return true;
  if (follows(b, a)) return false;
  if (isMeant(a, b, pointers)) return true;
  return !isMeant(b, a, pointers) && a.municipalityCode < b.municipalityCode;
}
