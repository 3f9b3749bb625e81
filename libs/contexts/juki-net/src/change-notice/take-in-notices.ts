import { randomUUID } from 'node:crypto';
import { localDateInJapan, type LocalDate } from '#kernel';
import { uuidv7, type Ctx } from '#platform';
import { heldKey, type HeldCode } from '../code-block/allocated-code.store.js';
import { isReserved } from '../code-block/code-block.js';
import type { CodeWriting } from '../code-block/write-codes.js';
import { successorOf } from '../merger/municipality-change.store.js';
import { countDecided, type DecidedRow } from '../notice-file/held-row.store.js';
import { copyToPrefecture } from '../prefecture/prefecture-record.store.js';
import { noteArrivals } from '../prefecture/resend-order.store.js';
import { enterForNotices } from '../prefecture/server.store.js';
import { CHANGE_REASONS } from '../resident/change-reason.js';
import { emitResidentEvent } from '../resident/resident-event.js';
import { decideNotice, type NoticeRefusal, type Resident } from '../resident/resident.js';
import { codeKey, type ChangedPerson, type CodeOwner, type ResidentStore, type StoredPerson } from '../resident/resident.store.js';
import { isSameStay } from '../resident/segment.js';
import type { ChangeNoticeStore, NoticeRecord } from './change-notice.store.js';
import { type Fault, type IntakeRow, noticeText, type NoticeItems, parseIntakeRow, type RowFault } from './intake-row.js';
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
interface Incoming {
  readonly row: IntakeRow;
  readonly items: NoticeItems;
  readonly codeIndex: Buffer;
  readonly contentIndex: Buffer;
}

interface WorkedPerson {
  readonly personKey: string;
  readonly stored: StoredPerson | undefined;
  readonly sequence: NoticeSequence;
  resident: Resident;
  changed?: ChangedPerson;
}

interface Workspace {
  readonly set: NoticeSet;
  readonly owners: ReadonlyMap<string, CodeOwner>;
  /** Codes of blocks that may be written to a new person. */
  readonly free: ReadonlySet<string>;
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

/**
 * Takes notices of one municipality in: one at a counter or a thousand of a file go through the same rules, with the states
 * of all persons concerned read by one query a table and written by one statement a table.
 */
export class NoticeIntake {
  constructor(
    private readonly residents: ResidentStore,
    private readonly notices: ChangeNoticeStore,
    private readonly codes: CodeWriting,
  ) {}

  /** Outcomes in the order of the rows; nothing is thrown for a bad row. Runs in the caller's transaction. */
  async takeIn(ctx: Ctx, set: NoticeSet): Promise<readonly NoticeOutcome[]> {
    const newCode = await successorOf(ctx.db, set.municipalityCode, localDateInJapan(ctx.now));
    if (newCode !== undefined) return set.rows.map(() => ({ state: 'REJECTED', code: 'MUNICIPALITY_CHANGED', column: 'municipalityCode', newCode }));
    await enterForNotices(ctx.db, set.municipalityCode);
    const work = await this.open(ctx, set, set.rows.filter((entry) => 'items' in entry));
    for (const [index, entry] of set.rows.entries()) {
      work.outcomes.push('items' in entry ? this.takeOne(ctx, work, entry, index) : { state: 'REJECTED', ...entry });
    }
    await this.close(ctx, work);
    return work.outcomes;
  }

  /** Decides what waits for a person whose sequence has moved on by another message, a change of code. The code is locked. */
  async takeInHeld(ctx: Ctx, municipalityCode: string, personKey: string): Promise<void> {
    await enterForNotices(ctx.db, municipalityCode);
    const work = await this.load(ctx, { municipalityCode, rows: [] }, { owners: new Map(), free: new Set(), known: [personKey] });
    this.releaseHeld(ctx, work, workedPerson(work, personKey));
    await this.close(ctx, work);
  }

  /** Checks a row by itself, before the states of the persons are known; needs no transaction. */
  read(row: IntakeRow, municipalityCode: string, today: LocalDate): ReadRow {
    const items = parseIntakeRow(row, municipalityCode, today);
    if ('code' in items) return items;
    return { row, items, codeIndex: this.residents.codeIndex(items.residentCode), contentIndex: this.notices.contentIndex(noticeText(row)) };
  }

  private async open(ctx: Ctx, set: NoticeSet, incoming: readonly Incoming[]): Promise<Workspace> {
    const free = await this.codes.lockFree(ctx, incoming.filter(({ items }) => needsBlock(items)).flatMap(heldCodes));
    const owners = await this.ownersOf(ctx, incoming);
    const known = [...new Set([...owners.values()].filter((owner) => !owner.fresh).map((owner) => owner.personKey))];
    return this.load(ctx, set, { owners, free, known });
  }

  private async load(ctx: Ctx, set: NoticeSet, { known, ...codes }: Pick<Workspace, 'owners' | 'free'> & { readonly known: readonly string[] }): Promise<Workspace> {
    const stored = await this.residents.lockPersons(ctx.db, known);
    const notices = new Map<string, NoticeRecord[]>();
    for (const record of await this.notices.ofPersons(ctx.db, set.municipalityCode, known)) {
      const group = notices.get(record.personKey);
      if (group === undefined) notices.set(record.personKey, [record]);
      else group.push(record);
    }
    return { set, ...codes, stored, notices, persons: new Map(), records: new Map(), replaced: new Set(), rowOf: new Map(), outcomes: [], decided: [] };
  }

  /** Owners of all codes; a code never seen gets a person key if its notice can begin or wait for a record. */
  private async ownersOf(ctx: Ctx, incoming: readonly Incoming[]): Promise<Map<string, CodeOwner & { readonly fresh: boolean }>> {
    const indexes = new Map(incoming.map((entry) => [codeKey(entry.codeIndex), entry.codeIndex]));
    const owners = new Map<string, CodeOwner & { readonly fresh: boolean }>();
    for (const [key, owner] of await this.residents.lockCodes(ctx.db, [...indexes.values()])) owners.set(key, { ...owner, fresh: false });
    const begun = incoming.filter(({ codeIndex, items }) => !owners.has(codeKey(codeIndex)) && (items.personSeq > 1 || CHANGE_REASONS[items.changeReason]?.act === 'ENTRY'));
    const wanted = new Map(begun.map(({ codeIndex }) => [codeKey(codeIndex), { index: codeIndex, personKey: randomUUID() }]));
    if (wanted.size === 0) return owners;
    const written = await this.residents.writeCodes(ctx.db, [...wanted.values()]);
    const lost = [...wanted.values()].filter((entry) => !written.has(entry.personKey));
    for (const [key, { personKey }] of wanted) if (written.has(personKey)) owners.set(key, { personKey, superseded: false, fresh: true });
    if (lost.length > 0) for (const [key, owner] of await this.residents.lockCodes(ctx.db, lost.map((entry) => entry.index))) owners.set(key, { ...owner, fresh: false });
    return owners;
  }

  private takeOne(ctx: Ctx, work: Workspace, incoming: Incoming, index: number): NoticeOutcome {
    const owner = work.owners.get(codeKey(incoming.codeIndex));
    if (owner === undefined) return { state: 'REJECTED', code: 'RESIDENT_UNKNOWN', column: 'residentCode' };
    const person = workedPerson(work, owner.personKey);
    const place = person.sequence.place(incoming.items.personSeq, incoming.contentIndex);
    // What was taken in while the code was in force is acknowledged again (JUKI-4.5 V5).
    if (place.kind === 'REPEATED') return { state: 'REPEATED', noticeId: place.record.noticeId, personKey: person.personKey, record: place.record };
    if (owner.superseded) return { state: 'REJECTED', code: 'CODE_SUPERSEDED', column: 'residentCode' };
    switch (place.kind) {
      case 'REUSED':
        return { state: 'REJECTED', code: 'SEQ_REUSED', column: 'personSeq' };
      case 'HOLD': {
        const held = recordOf({ ctx, work, person }, incoming, { state: 'HELD', held: incoming.row, line: work.set.lineOf?.[index] });
        work.rowOf.set(held.noticeId, index);
        keep(work, person, held);
        return { state: 'HELD', noticeId: held.noticeId, personKey: person.personKey };
      }
      case 'NEXT':
        return this.takeNext(ctx, work, person, incoming);
    }
  }

  private takeNext(ctx: Ctx, work: Workspace, person: WorkedPerson, incoming: Incoming): NoticeOutcome {
    const begins = person.stored === undefined && person.changed === undefined;
    if (begins && needsBlock(incoming.items) && !heldCodes(incoming).some((held) => work.free.has(heldKey(held)))) return { state: 'REJECTED', code: 'CODE_NOT_ALLOCATED_TO_YOU', column: 'residentCode' };
    const outcome = decide(ctx, person, incoming.items);
    if (outcome.state === 'REJECTED') return outcome;
    const record = recordOf({ ctx, work, person }, incoming, { state: outcome.state });
    keep(work, person, record);
    this.releaseHeld(ctx, work, person);
    return { state: outcome.state, noticeId: record.noticeId, personKey: person.personKey };
  }

  /** The predecessor has come: what waited for it is decided now, in order, until one is refused or missing. */
  private releaseHeld(ctx: Ctx, work: Workspace, person: WorkedPerson): void {
    for (;;) {
      const record = person.sequence.at(person.sequence.last + 1);
      if (record?.state !== 'HELD' || record.held === undefined) return;
      const items = parseIntakeRow(record.held, record.municipalityCode, localDateInJapan(ctx.now));
      const outcome = 'code' in items ? ({ state: 'REJECTED', ...items } as const) : decide(ctx, person, items);
      const { held: _content, ...rest } = record;
      keep(work, person, outcome.state === 'REJECTED' ? { ...rest, state: 'REJECTED', code: outcome.code } : { ...rest, state: outcome.state });
      const index = work.rowOf.get(record.noticeId);
      if (index !== undefined) work.outcomes[index] = outcome.state === 'REJECTED' ? outcome : { state: outcome.state, noticeId: record.noticeId, personKey: person.personKey };
      else if (record.fileId !== undefined) work.decided.push({ fileId: record.fileId, line: record.line, ...outcome });
      if (outcome.state === 'REJECTED') return;
    }
  }

  private async close(ctx: Ctx, work: Workspace): Promise<void> {
    const changed = [...work.persons.values()].flatMap((person) => (person.changed === undefined ? [] : [person.changed]));
    if (changed.length > 0) {
      await this.residents.write(ctx.db, changed);
      await copyToPrefecture(ctx.db, work.set.municipalityCode, changed);
    }
    await this.codes.follow(ctx, work.set.municipalityCode, changed);
    const records = [...work.records.values()];
    await this.notices.add(ctx.db, records.filter((record) => !work.replaced.has(record.noticeId)));
    await this.notices.replace(ctx.db, records.filter((record) => work.replaced.has(record.noticeId)));
    await countDecided(ctx.db, work.decided, work.set.fileId);
    const arrived = work.set.rows.flatMap((entry, index) => ('items' in entry && work.outcomes[index]?.state !== 'REJECTED' ? [entry.items.municipalSeq] : []));
    await noteArrivals(ctx, work.set.municipalityCode, arrived);
  }
}

/** Applies one notice to the person in memory and publishes its event. */
function decide(ctx: Ctx, person: WorkedPerson, items: NoticeItems): { readonly state: 'APPLIED' | 'QUARANTINED' } | { readonly state: 'REJECTED'; readonly code: NoticeRefusal; readonly column?: Fault['column'] } {
  const decision = decideNotice(person.resident, items, ctx.now);
  if (decision.outcome === 'REFUSED') return { state: 'REJECTED', code: decision.code, column: decision.item ?? columnOf(decision.code) };
  const replaced = person.resident.segments.find((other) => isSameStay(other, decision.segment));
  const hasMoved = replaced !== undefined && replaced.content.address !== decision.segment.content.address;
  const { stay } = decision.segment;
  const others = person.changed?.notified.filter((earlier) => earlier.stay !== stay) ?? [];
  const notified = [...others, { stay, personSeq: items.personSeq, changeReason: items.changeReason, changeDate: items.changeDate }];
  const former = hasMoved ? [{ municipalityCode: replaced.municipalityCode, stay: replaced.stay, personSeq: items.personSeq, address: replaced.content.address }] : [];
  person.resident = decision.resident;
  const { personKey, stored, resident } = person;
  const formerAddresses = [...(person.changed?.formerAddresses ?? []), ...former];
  const known = person.changed ?? stored;
  // A record may seem the present one until later news come: older days never replace a later one, but for a death and a day that was only planned.
  const isLatest = known === undefined || items.changeDate >= known.changedOn || replaced?.state === 'OUT_PLANNED' || decision.event?.kind === 'died';
  const { changedOn, changeReason } = (decision.isPresent && isLatest ? undefined : known) ?? { changedOn: items.changeDate, changeReason: items.changeReason };
  person.changed = { personKey, residentCode: items.residentCode, resident, standing: decision.standing, changedOn, changeReason, notified, stored, formerAddresses };
  if (decision.event !== undefined) emitResidentEvent(ctx, personKey, decision.event);
  return { state: decision.outcome };
}

/** A notice that may write a code to a new person, which must be of a block (JUKI-7). */
function needsBlock({ changeReason, residentCode }: NoticeItems): boolean {
  return !isReserved(residentCode) && CHANGE_REASONS[changeReason]?.effect === 'OPEN';
}

/** The municipality's own code, or that of the place a person moves in from, whose notice may come later (JUKI-4.5.2). */
function heldCodes({ codeIndex: index, items }: Incoming): HeldCode[] {
  const { changeReason, municipalityCode, previousMunicipalityCode } = items;
  const holders = changeReason === '11' && previousMunicipalityCode !== undefined ? [municipalityCode, previousMunicipalityCode] : [municipalityCode];
  return holders.map((holder) => ({ index, holder }));
}

function columnOf(code: NoticeRefusal): Fault['column'] {
  if (code === 'RESIDENT_UNKNOWN') return 'residentCode';
  return code === 'DATE_IN_FUTURE' ? 'changeDate' : 'changeReason';
}

function workedPerson(work: Workspace, personKey: string): WorkedPerson {
  let person = work.persons.get(personKey);
  if (person === undefined) {
    const stored = work.stored.get(personKey);
    const sequence = new NoticeSequence(work.notices.get(personKey) ?? []);
    person = { personKey, stored, resident: stored?.resident ?? { factVersion: 0, segments: [] }, sequence };
    work.persons.set(personKey, person);
  }
  return person;
}

function recordOf(at: { ctx: Ctx; work: Workspace; person: WorkedPerson }, incoming: Incoming, is: Pick<NoticeRecord, 'state' | 'held' | 'line'>): NoticeRecord {
  const { ctx, work, person } = at;
  const { items, contentIndex } = incoming;
  return {
    noticeId: uuidv7(), municipalityCode: work.set.municipalityCode, personKey: person.personKey, personSeq: items.personSeq, municipalSeq: items.municipalSeq,
    contentIndex, changeReason: items.changeReason, changeDate: items.changeDate, fileId: work.set.fileId, receivedAt: ctx.now.toISOString(), ...is,
  };
}

/** A held or rejected notice already has its row: the new state, or the corrected notice, takes its place. */
function keep(work: Workspace, person: WorkedPerson, record: NoticeRecord): void {
  const before = person.sequence.at(record.personSeq);
  const isNewRow = before === undefined || (work.records.has(before.noticeId) && !work.replaced.has(before.noticeId));
  if (before !== undefined) work.records.delete(before.noticeId);
  if (!isNewRow) work.replaced.add(record.noticeId);
  work.records.set(record.noticeId, record);
  person.sequence.put(record);
}
