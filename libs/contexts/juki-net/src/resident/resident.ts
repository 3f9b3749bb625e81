import { addDays, localDateInJapan, type LocalDate } from '#kernel';
import { CHANGE_REASONS, CONTENT_ITEMS, type ChangeReason, type ContentItem, type NoticeItem, type ResidentEventKind } from './change-reason.js';
import { type Pointer, standingOf, type Standing } from './person-status.js';
import { type Content, isOpen, isSameStay, latestStay, type Segment, withChange } from './segment.js';

/** A person as the register knows them; no segments before the first notice took effect. */
export interface Resident {
  readonly factVersion: number;
  readonly segments: readonly Segment[];
  /** Of the person's transfer cases (JUKI-4.5.2). */
  readonly pointers?: readonly Pointer[] | undefined;
}

/** A notice of change whose items are well formed (JUKI-3.3); an item that is left out is unchanged. */
export interface Notice {
  readonly municipalityCode: string;
  readonly changeReason: string;
  readonly changeDate: LocalDate;
  readonly previousMunicipalityCode?: string | undefined;
  readonly content: Partial<Content>;
  /** '' for none; left out it is unchanged, as an item. */
  readonly residencyClass?: string | undefined;
  /** Locks or releases the record (更新禁止フラグ); left out it stays as it is. */
  readonly updateLock?: boolean | undefined;
}

export interface ResidentEvent {
  readonly kind: ResidentEventKind;
  readonly factVersion: number;
  readonly factDate: LocalDate;
  readonly municipalityCode: string;
  readonly reason: string;
  readonly fields: readonly string[];
  readonly previousMunicipalityCode?: string | undefined;
  readonly abroad?: boolean | undefined;
  /** Of a deleted record: the municipality of the one that is the person's present record again. */
  readonly returnsTo?: string | undefined;
}

export type NoticeRefusal =
  | 'ALREADY_RESIDENT' | 'CHANGE_REASON' | 'CHANGE_REASON_NOT_SERVED' | 'DATE_IN_FUTURE' | 'REASON_ITEM' | 'RECORD_CLOSED' | 'RECORD_NOT_CLOSED' | 'REQUIRED' | 'RESIDENT_UNKNOWN';

/** What a notice does: the changed segment, the new standing, at most one event, and what an officer must look at. */
export type Decision =
  | {
      readonly outcome: 'APPLIED' | 'QUARANTINED';
      readonly resident: Resident;
      readonly segment: Segment;
      readonly standing: Standing;
      /** Whether the person's change information is that of this notice; news of a former record leave it (JUKI-4.5 V4). */
      readonly isPresent: boolean;
      readonly event?: ResidentEvent | undefined;
      readonly conflicts: readonly ('ENTRY_AFTER_DEATH' | 'TWO_RECORDS')[];
    }
  | { readonly outcome: 'REFUSED'; readonly code: NoticeRefusal; readonly item?: NoticeItem | undefined };

type ContentChange = Extract<ChangeReason, { readonly effect: 'CHANGE' }>;
type Changed = { readonly segment: Segment; readonly fields: readonly string[] } | { readonly refusal: NoticeRefusal; readonly item?: NoticeItem };

const REQUIRED_ITEMS = ['nameKanji', 'birthDate', 'sex', 'address'] as const;
/** Names that are registered and removed as such. */
const REGISTERED_NAMES: readonly ContentItem[] = ['aliasName', 'formerSurname'];
/** A move-out may be notified this many days ahead (JUKI-7). */
export const PLANNED_AHEAD_DAYS = 60;

/** Decides a notice of change (JUKI-4.3, 4.5): `(resident, notice, now) -> new resident, event, conflicts` or the refusal. */
export function decideNotice(resident: Resident, notice: Notice, now: Date): Decision {
  const reason = CHANGE_REASONS[notice.changeReason];
  if (reason === undefined) return { outcome: 'REFUSED', code: 'CHANGE_REASON' };
  if (!reason.byNotice) return { outcome: 'REFUSED', code: 'CHANGE_REASON_NOT_SERVED' };
  const today = localDateInJapan(now);
  const planned = reason.effect === 'CLOSE' && reason.mayBePlanned === true;
  if (notice.changeDate > (planned ? addDays(today, PLANNED_AHEAD_DAYS) : today)) return { outcome: 'REFUSED', code: 'DATE_IN_FUTURE' };
  const before = standingOf(resident.segments, resident.pointers);
  const changed = changeSegment(resident.segments, notice, reason, { today, before });
  if ('refusal' in changed) return { outcome: 'REFUSED', code: changed.refusal, item: changed.item };
  const { segment, fields } = changed;
  const segments = [...resident.segments.filter((other) => !isSameStay(other, segment)), segment];
  const standing = standingOf(segments, resident.pointers);
  if (standing === undefined) return { outcome: 'REFUSED', code: 'RESIDENT_UNKNOWN' };
  const quarantined = standing.quarantined.includes(segment);
  const isPresent = !quarantined && isOfPresent(reason, segment, before, standing);
  // The restored record of the dead may not be the one where the person lives.
  const isBack = before?.status === 'DECEASED' && standing.status !== 'DECEASED';
  const told = isPresent || isBack || (!quarantined && isMoveOut(reason));
  const factVersion = resident.factVersion + (told ? 1 : 0);
  return {
    outcome: quarantined && !isQuarantined(before, segment) ? 'QUARANTINED' : 'APPLIED',
    resident: { ...resident, factVersion, segments },
    segment,
    standing,
    isPresent,
    event: told ? eventOf(notice, reason, { factVersion, ...(isBack ? presentOf(standing, before) : { fields, segment }), returnsTo: returnsTo(reason, segment, standing) }) : undefined,
    conflicts: [...(standing.quarantined.length > 0 ? (['ENTRY_AFTER_DEATH'] as const) : []), ...(standing.next?.status === 'CONFLICT' ? (['TWO_RECORDS'] as const) : [])],
  };
}

/** The resident code was replaced on request (40) or ex officio (41): same lineage, same segments. */
export function decideCodeChange(resident: Resident, notice: Notice): { readonly resident: Resident; readonly stay: number; readonly standing: Standing; readonly event: ResidentEvent } | { readonly refusal: NoticeRefusal } {
  const reason = CHANGE_REASONS[notice.changeReason];
  const own = latestStay(resident.segments, notice.municipalityCode);
  if (reason?.effect !== 'NEW_CODE') return { refusal: 'CHANGE_REASON' };
  if (own === undefined) return { refusal: 'RESIDENT_UNKNOWN' };
  if (!isOpen(own)) return { refusal: 'RECORD_CLOSED' };
  const factVersion = resident.factVersion + 1;
  const changed = withChange(own, own, { reason: notice.changeReason, date: notice.changeDate });
  const segments = resident.segments.map((segment) => (segment === own ? changed : segment));
  const standing = standingOf(segments, resident.pointers);
  if (standing === undefined) return { refusal: 'RESIDENT_UNKNOWN' };
  return { resident: { ...resident, factVersion, segments }, stay: own.stay, standing, event: eventOf(notice, reason, { factVersion, fields: ['residentCode'], segment: own }) };
}

/** Reasons 42 to 44: numbering designated or changed the number; `day` is the day of designation. */
export function numberEvent(factVersion: number, at: { municipalityCode: string; day: LocalDate; reason: '42' | '43' | '44' }): ResidentEvent {
  const { municipalityCode, day, reason } = at;
  return { kind: 'changed', factVersion, factDate: day, municipalityCode, reason, fields: ['individualNumber'] };
}

function changeSegment(segments: readonly Segment[], notice: Notice, reason: ChangeReason, at: { today: LocalDate; before: Standing | undefined }): Changed {
  const own = latestStay(segments, notice.municipalityCode);
  if (reason.effect === 'OPEN') return openSegment(own, notice, reason, at.before);
  if (own === undefined) return { refusal: 'RESIDENT_UNKNOWN' };
  const changed = changeRecord(own, notice, reason, at.today);
  if ('refusal' in changed) return changed;
  const segment = { ...changed.segment, updateLock: notice.updateLock ?? own.updateLock };
  return { ...changed, segment: withChange(own, segment, { reason: notice.changeReason, date: notice.changeDate }) };
}

function changeRecord(own: Segment, notice: Notice, reason: ChangeReason, today: LocalDate): Changed {
  switch (reason.effect) {
    case 'REOPEN':
      if (own.state === 'LIVE' || own.state === 'CLOSED_ERROR') return { refusal: 'RECORD_NOT_CLOSED' };
      return { segment: { ...own, state: 'LIVE', closedReason: undefined, closedDate: undefined }, fields: [] };
    case 'CLOSE': {
      if (!isOpen(own)) return { refusal: 'RECORD_CLOSED' };
      const state = notice.changeDate > today ? 'OUT_PLANNED' : reason.closes;
      return { segment: { ...own, state, closedReason: notice.changeReason, closedDate: notice.changeDate }, fields: [] };
    }
    case 'CHANGE':
      return isOpen(own) ? changeContent(own, notice, reason) : { refusal: 'RECORD_CLOSED' };
    case 'OPEN':
    case 'NEW_CODE':
      return { refusal: 'CHANGE_REASON_NOT_SERVED' };
  }
}

function openSegment(own: Segment | undefined, notice: Notice, reason: ChangeReason, before: Standing | undefined): Changed {
  if (own !== undefined && isOpen(own)) return { refusal: 'ALREADY_RESIDENT' };
  const missing = REQUIRED_ITEMS.find((item) => (notice.content[item] ?? '') === '');
  if (missing !== undefined) return { refusal: 'REQUIRED', item: missing };
  const content = { ...EMPTY, ...notice.content };
  const residencyClass = notice.residencyClass || undefined;
  const segment: Segment = {
    municipalityCode: notice.municipalityCode,
    stay: (own?.stay ?? 0) + 1,
    state: 'LIVE',
    entryReason: notice.changeReason,
    entryDate: notice.changeDate,
    previousMunicipalityCode: notice.previousMunicipalityCode,
    content,
    foreignResident: reason.foreign ?? (residencyClass !== undefined || looksForeign(content)),
    residencyClass,
    updateLock: notice.updateLock,
  };
  const former = before?.current.content;
  const fields = CONTENT_ITEMS.filter((item) => content[item] !== (former?.[item] ?? '') || (former !== undefined && item === 'address'));
  return { segment, fields };
}

function changeContent(own: Segment, notice: Notice, reason: ContentChange): Changed {
  const fields = CONTENT_ITEMS.filter((item) => notice.content[item] !== undefined && notice.content[item] !== own.content[item]);
  const missing = REQUIRED_ITEMS.find((item) => notice.content[item] === '');
  if (missing !== undefined) return { refusal: 'REQUIRED', item: missing };
  // A minor correction is of how a name is written, not of whether there is one (JUKI-2): it ends no certificate.
  const isFact = (item: ContentItem): boolean => REGISTERED_NAMES.includes(item) && (own.content[item] === '' || notice.content[item] === '');
  const stray = fields.find((item) => !reason.items.includes(item) || (reason.event === 'minor-correction' && isFact(item)));
  if (stray !== undefined) return { refusal: 'REASON_ITEM', item: stray };
  const standing = foreignStanding(own, notice.residencyClass, reason);
  if (standing === undefined) return { refusal: 'REASON_ITEM', item: 'residencyClass' };
  return { segment: { ...own, content: { ...own.content, ...notice.content }, ...standing }, fields };
}

/**
 * Whether the record is a foreign resident's and of which class (30条の45). A class tells by itself that it is, where the reason may change it; 16
 * ends it. Undefined where the record of a Japanese would have a class, or the reason may not change it (JUKI-4.3).
 */
function foreignStanding(own: Segment, told: string | undefined, { items, foreign }: ContentChange): Pick<Segment, 'foreignResident' | 'residencyClass'> | undefined {
  const residencyClass = told === undefined ? own.residencyClass : told || undefined;
  const mayChange = items.includes('residencyClass');
  const foreignResident = foreign ?? (own.foreignResident || (mayChange && residencyClass !== undefined));
  if (!foreignResident) return told === undefined || told === '' ? { foreignResident, residencyClass: undefined } : undefined;
  return mayChange || residencyClass === own.residencyClass ? { foreignResident, residencyClass } : undefined;
}

/**
 * News of a record that is not the person's present one change its history only (JUKI-4.5 V4): told are those of the present
 * record, a move-out from any place, and the first news of a death.
 */
function isOfPresent(reason: ChangeReason, segment: Segment, before: Standing | undefined, after: Standing): boolean {
  if (reason.event === 'died') return before?.status !== 'DECEASED';
  return isSameStay(after.current, segment) || isSameStay(before?.current, segment);
}

/**
 * An entry by mistake leaves the person where they were (JUKI-4.3, 26). Any other deletion does so beside a record elsewhere, unless the
 * person had moved in from there: that one only waits for its own deletion (JUKI-7).
 */
function returnsTo(reason: ChangeReason, deleted: Segment, { status, current }: Standing): string | undefined {
  if (reason.event !== 'record-deleted' || (status !== 'RESIDENT' && status !== 'IN_TRANSIT')) return undefined;
  return deleted.state === 'CLOSED_ERROR' || deleted.entryReason !== '11' ? current.municipalityCode : undefined;
}

function isMoveOut(reason: ChangeReason): boolean {
  return reason.effect === 'CLOSE' && reason.closes === 'CLOSED_MOVED';
}

function presentOf({ current }: Standing, before: Standing): { readonly segment: Segment; readonly fields: readonly string[] } {
  return { segment: current, fields: CONTENT_ITEMS.filter((item) => current.content[item] !== before.current.content[item]) };
}

function isQuarantined(standing: Standing | undefined, segment: Segment): boolean {
  return standing?.quarantined.some((other) => isSameStay(other, segment)) ?? false;
}

function eventOf(notice: Notice, reason: ChangeReason, facts: { factVersion: number; fields: readonly string[]; segment: Segment; returnsTo?: string | undefined }): ResidentEvent {
  return {
    kind: reason.event,
    factVersion: facts.factVersion,
    factDate: notice.changeDate,
    municipalityCode: facts.segment.municipalityCode,
    reason: notice.changeReason,
    fields: facts.fields,
    ...(reason.event === 'moved-in' ? { previousMunicipalityCode: facts.segment.previousMunicipalityCode } : {}),
    ...(reason.event === 'moved-out' ? { abroad: notice.changeReason === '22' } : {}),
    ...(facts.returnsTo === undefined ? {} : { returnsTo: facts.returnsTo }),
  };
}

const EMPTY: Content = { nameKanji: '', nameKana: '', aliasName: '', birthDate: '', sex: '', address: '', townCode: '', postalCode: '', formerSurname: '' };

/** Only foreign residents have an alias or a name in Latin letters in the register (JUKI-4.2); the nationality itself is no item of it. */
function looksForeign(content: Content): boolean {
  return content.aliasName !== '' || /^[A-Z]/u.test(content.nameKanji);
}
