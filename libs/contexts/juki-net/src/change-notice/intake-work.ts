import type { LocalDate } from '#kernel';
import { uuidv7, type Ctx } from '#platform';
import { heldKey, type HeldCode } from '../code-block/allocated-code.store.js';
import { isReserved } from '../code-block/code-block.js';
import type { ConfirmedSearch } from '../entry-search/entry-search.js';
import type { DecidedRow } from '../notice-file/held-row.store.js';
import type { Arrival } from '../prefecture/resend-order.store.js';
import { CHANGE_REASONS } from '../resident/change-reason.js';
import type { NoticeRefusal, Resident } from '../resident/resident.js';
import type { ChangedPerson, CodeOwner, StoredPerson } from '../resident/resident.store.js';
import type { NoticeRecord } from './change-notice.store.js';
import { type Fault, gaijiCounts, type IntakeRow, type NoticeItems, type RowFault } from './intake-row.js';
import { NoticeSequence } from './sequence.js';

export type NoticeFault = RowFault | NoticeRefusal | 'CODE_NOT_ALLOCATED_TO_YOU' | 'CODE_SUPERSEDED' | 'MUNICIPALITY_CHANGED' | 'SEQ_REUSED';

/** What became of one row. */
export type NoticeOutcome =
  | { readonly state: 'APPLIED' | 'QUARANTINED' | 'HELD'; readonly noticeId: string; readonly personKey: string }
  | { readonly state: 'REPEATED'; readonly noticeId: string; readonly personKey: string; readonly record: NoticeRecord }
  | ({ readonly state: 'REJECTED'; /** Of a municipality that has passed to another. */ readonly newCode?: string } & Fault<NoticeFault>);

export interface NoticeSet {
  readonly municipalityCode: string;
  readonly fileId?: string | undefined;
  readonly rows: readonly ReadRow[];
  /** Line of each row, of a file. */
  readonly lineOf?: readonly number[] | undefined;
}

/** A row that was read: well formed with its blind indexes, or its first fault. */
export type ReadRow = Incoming | Fault;

/** A well-formed row on its way. */
export interface Incoming {
  readonly row: IntakeRow;
  readonly items: NoticeItems;
  readonly codeIndex: Buffer;
  readonly contentIndex: Buffer;
}

/** A person at hand, as the notices so far leave them. */
export interface WorkedPerson {
  readonly personKey: string;
  readonly stored: StoredPerson | undefined;
  readonly sequence: NoticeSequence;
  resident: Resident;
  changed?: ChangedPerson;
}

/** What one intake works on, between its reads and its writes. */
export interface Workspace {
  readonly set: NoticeSet;
  readonly owners: ReadonlyMap<string, CodeOwner>;
  /** Codes of blocks that may be written to a new person. */
  readonly free: ReadonlySet<string>;
  /** From which day entries ex officio must have been searched for, and the confirmed searches for those at hand (JUKI-7). */
  readonly searchSince: LocalDate | undefined;
  readonly searches: readonly ConfirmedSearch[];
  /** Numbers of the municipality's sequence, of those at hand, that were used before this set and that it has taken itself (JUKI-4.5.1). */
  readonly used: ReadonlySet<number>;
  readonly taken: Set<number>;
  readonly persons: Map<string, WorkedPerson>;
  readonly stored: ReadonlyMap<string, StoredPerson>;
  readonly notices: ReadonlyMap<string, readonly NoticeRecord[]>;
  /** Notices to write, by id; those whose place in the table is taken are in `replaced` too. */
  readonly records: Map<string, NoticeRecord>;
  readonly replaced: Set<string>;
  /** Index of the row of this set that a notice came with. */
  readonly rowOf: Map<string, number>;
  readonly outcomes: NoticeOutcome[];
  /** Rows of files that were held before this set came. */
  readonly decided: DecidedRow[];
}

/** A notice that may write a code to a new person, which must be of a block (JUKI-7). */
export function needsBlock({ changeReason, residentCode }: NoticeItems): boolean {
  return !isReserved(residentCode) && CHANGE_REASONS[changeReason]?.effect === 'OPEN';
}

/** The municipality's own code, or that of the place a person moves in from, whose notice may come later (JUKI-4.5.2). */
export function heldCodes({ codeIndex: index, items }: Incoming): HeldCode[] {
  const { changeReason, municipalityCode, previousMunicipalityCode } = items;
  const holders = changeReason === '11' && previousMunicipalityCode !== undefined ? [municipalityCode, previousMunicipalityCode] : [municipalityCode];
  return holders.map((holder) => ({ index, holder }));
}

export function workedPerson(work: Workspace, personKey: string): WorkedPerson {
  let person = work.persons.get(personKey);
  if (person === undefined) {
    const stored = work.stored.get(personKey);
    const sequence = new NoticeSequence(work.notices.get(personKey) ?? []);
    person = { personKey, stored, resident: stored?.resident ?? { factVersion: 0, segments: [] }, sequence };
    work.persons.set(personKey, person);
  }
  return person;
}

export function recordOf(at: { ctx: Ctx; work: Workspace; person: WorkedPerson }, incoming: Incoming, is: Pick<NoticeRecord, 'state' | 'code' | 'held' | 'line' | 'searchIndex'>): NoticeRecord {
  const { ctx, work, person } = at;
  const { items, contentIndex } = incoming;
  return {
    noticeId: uuidv7(), municipalityCode: work.set.municipalityCode, personKey: person.personKey, personSeq: items.personSeq, municipalSeq: items.municipalSeq,
    contentIndex, changeReason: items.changeReason, changeDate: items.changeDate, notifiedOn: items.notifiedOn, managementNo: items.managementNo, changeReasonDetail: items.changeReasonDetail, fileId: work.set.fileId, receivedAt: ctx.now.toISOString(), gaiji: gaijiCounts(items.content), ...is,
  };
}

/** A held or rejected notice already has its row: the new state, or the corrected notice, takes its place. */
export function keep(work: Workspace, person: WorkedPerson, record: NoticeRecord): void {
  const before = person.sequence.at(record.personSeq);
  const isNewRow = before === undefined || (work.records.has(before.noticeId) && !work.replaced.has(before.noticeId));
  if (before !== undefined) work.records.delete(before.noticeId);
  if (!isNewRow) work.replaced.add(record.noticeId);
  work.records.set(record.noticeId, record);
  work.taken.add(record.municipalSeq);
  person.sequence.put(record);
}

/** Whether another notice has the number; one that was rejected later is sent again with its own (JUKI-4.5.1). */
export function isNumberUsed({ used, taken }: Workspace, { sequence }: WorkedPerson, { municipalSeq, personSeq }: NoticeItems): boolean {
  return (used.has(municipalSeq) || taken.has(municipalSeq)) && sequence.at(personSeq)?.municipalSeq !== municipalSeq;
}

/** What of the set was taken in, for the first time or again. */
export function arrivalsOf({ set, outcomes, used }: Workspace): Arrival[] {
  return set.rows.flatMap((entry, index) => {
    const state = outcomes[index]?.state ?? 'REJECTED';
    return 'items' in entry && state !== 'REJECTED' ? [{ seq: entry.items.municipalSeq, isNew: state !== 'REPEATED' && !used.has(entry.items.municipalSeq) }] : [];
  });
}

/** A new person's code must be of a block. */
export function lacksBlock({ free }: Workspace, { stored, changed }: WorkedPerson, incoming: Incoming): boolean {
  return stored === undefined && changed === undefined && needsBlock(incoming.items) && !heldCodes(incoming).some((held) => free.has(heldKey(held)));
}
