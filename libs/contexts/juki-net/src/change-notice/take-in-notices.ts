import { randomUUID } from 'node:crypto';
import { localDateInJapan, type LocalDate } from '#kernel';
import type { Ctx } from '#platform';
import type { CodeWriting } from '../code-block/write-codes.js';
import { isCovered, mustBeSearched, type ConfirmedSearch } from '../entry-search/entry-search.js';
import type { EntrySearchStore } from '../entry-search/entry-search.store.js';
import { successorOf } from '../merger/municipality-change.store.js';
import { countDecided } from '../notice-file/held-row.store.js';
import { copyToPrefecture } from '../prefecture/prefecture-record.store.js';
import { noteArrivals } from '../prefecture/resend-order.store.js';
import { type Entered, enterForNotices } from '../prefecture/server.store.js';
import { CHANGE_REASONS, isEndWithoutMove } from '../resident/change-reason.js';
import { emitResidentEvent } from '../resident/resident-event.js';
import { decideNotice, type NoticeRefusal } from '../resident/resident.js';
import { codeKey, type CodeOwner, type ResidentStore } from '../resident/resident.store.js';
import { isSameStay } from '../resident/segment.js';
import { wakeTransfers } from '../transfer/transfer.store.js';
import type { ChangeNoticeStore, NoticeRecord } from './change-notice.store.js';
import {
  arrivalsOf, heldCodes, isNumberUsed, keep, lacksBlock, needsBlock, recordOf, workedPerson, type Incoming, type NoticeFault, type NoticeOutcome, type NoticeSet, type ReadRow, type WorkedPerson, type Workspace,
} from './intake-work.js';
import { type Fault, type IntakeRow, noticeText, type NoticeItems, parseIntakeRow } from './intake-row.js';

type Loading = Pick<Workspace, 'owners' | 'free' | 'searchSince' | 'used'> & { readonly known: readonly string[]; readonly incoming: readonly Incoming[] };
type Decided = { readonly state: 'APPLIED' | 'QUARANTINED' } | ({ readonly state: 'REJECTED' } & Fault<NoticeFault>);

/**
 * Takes notices of one municipality in: one at a counter or a thousand of a file go through the same rules, with the states
 * of all persons concerned read by one query a table and written by one statement a table.
 */
export class NoticeIntake {
  constructor(
    private readonly residents: ResidentStore,
    private readonly notices: ChangeNoticeStore,
    private readonly codes: CodeWriting,
    private readonly searches: EntrySearchStore,
  ) {}

  /** Outcomes in the order of the rows; nothing is thrown for a bad row. Runs in the caller's transaction. */
  async takeIn(ctx: Ctx, set: NoticeSet): Promise<readonly NoticeOutcome[]> {
    const newCode = await successorOf(ctx.db, set.municipalityCode, localDateInJapan(ctx.now));
    if (newCode !== undefined) return set.rows.map(() => ({ state: 'REJECTED', code: 'MUNICIPALITY_CHANGED', column: 'municipalityCode', newCode }));
    const incoming = set.rows.filter((entry) => 'items' in entry);
    const entered = await enterForNotices(ctx.db, set.municipalityCode, incoming.map(({ items }) => items.municipalSeq));
    const work = await this.open(ctx, set, incoming, entered);
    for (const [index, entry] of set.rows.entries()) {
      work.outcomes.push('items' in entry ? this.takeOne(ctx, work, entry, index) : { state: 'REJECTED', ...entry });
    }
    await this.close(ctx, work);
    return work.outcomes;
  }

  /** Decides what waits for a person whose sequence has moved on by another message, a change of code. The code is locked. */
  async takeInHeld(ctx: Ctx, municipalityCode: string, personKey: string): Promise<void> {
    const entered = await enterForNotices(ctx.db, municipalityCode);
    const work = await this.load(ctx, { municipalityCode, rows: [] }, { owners: new Map(), free: new Set(), ...entered, known: [personKey], incoming: [] });
    this.releaseHeld(ctx, work, workedPerson(work, personKey));
    await this.close(ctx, work);
  }

  /** Decides what waited for a search that is confirmed now (JUKI-7). */
  async takeInSearched(ctx: Ctx, municipalityCode: string, personKeys: readonly string[]): Promise<void> {
    const entered = await enterForNotices(ctx.db, municipalityCode);
    const today = localDateInJapan(ctx.now);
    const waiting = (await this.notices.ofPersons(ctx.db, municipalityCode, personKeys)).flatMap(({ held, searchIndex }) => (held === undefined || searchIndex === undefined ? [] : [this.read(held, municipalityCode, today)]));
    const incoming = waiting.filter((entry) => 'items' in entry);
    const free = await this.codes.lockFree(ctx, incoming.filter(({ items }) => needsBlock(items)).flatMap(heldCodes));
    const owners = await this.residents.lockCodes(ctx.db, incoming.map(({ codeIndex }) => codeIndex));
    const work = await this.load(ctx, { municipalityCode, rows: [] }, { owners, free, ...entered, known: personKeys, incoming });
    for (const personKey of personKeys) this.releaseHeld(ctx, work, workedPerson(work, personKey));
    await this.close(ctx, work);
  }

  /** Checks a row by itself, before the states of the persons are known; needs no transaction. */
  read(row: IntakeRow, municipalityCode: string, today: LocalDate): ReadRow {
    const items = parseIntakeRow(row, municipalityCode, today);
    if ('code' in items) return items;
    if (this.codes.isOfTraining(items.residentCode) && CHANGE_REASONS[items.changeReason]?.effect === 'OPEN') return { code: 'TRAINING_REALM', column: 'residentCode' };
    return { row, items, codeIndex: this.residents.codeIndex(items.residentCode), contentIndex: this.notices.contentIndex(noticeText(row)) };
  }

  private async open(ctx: Ctx, set: NoticeSet, incoming: readonly Incoming[], entered: Entered): Promise<Workspace> {
    const free = await this.codes.lockFree(ctx, incoming.filter(({ items }) => needsBlock(items)).flatMap(heldCodes));
    const owners = await this.ownersOf(ctx, incoming);
    const known = [...new Set([...owners.values()].filter((owner) => !owner.fresh).map((owner) => owner.personKey))];
    return this.load(ctx, set, { owners, free, ...entered, known, incoming });
  }

  private async load(ctx: Ctx, set: NoticeSet, { known, incoming, ...given }: Loading): Promise<Workspace> {
    const stored = await this.residents.lockPersons(ctx, known);
    const notices = new Map<string, NoticeRecord[]>();
    for (const record of await this.notices.ofPersons(ctx.db, set.municipalityCode, known)) {
      const group = notices.get(record.personKey);
      if (group === undefined) notices.set(record.personKey, [record]);
      else group.push(record);
    }
    const searches = await this.searchesFor(ctx, set.municipalityCode, { known, incoming, searchSince: given.searchSince, notices: [...notices.values()].flat() });
    return { set, ...given, searches, stored, notices, persons: new Map(), records: new Map(), replaced: new Set(), taken: new Set(), rowOf: new Map(), outcomes: [], decided: [] };
  }

  /** Confirmed searches that entries at hand may need; in most sets there is none that must have been searched for. */
  private async searchesFor(ctx: Ctx, municipalityCode: string, at: Pick<Loading, 'known' | 'incoming' | 'searchSince'> & { readonly notices: readonly NoticeRecord[] }): Promise<readonly ConfirmedSearch[]> {
    const today = localDateInJapan(ctx.now);
    const must = ({ changeReason }: Pick<NoticeItems, 'changeReason'>): boolean => mustBeSearched(changeReason, at.searchSince, today);
    const held = at.notices.flatMap((record) => (record.held === undefined || !must(record) ? [] : [parseIntakeRow(record.held, municipalityCode, today)]));
    const entries = [...at.incoming.map(({ items }) => items), ...held.filter((items) => 'content' in items)].filter(must);
    return entries.length === 0 ? [] : this.searches.confirmed(ctx.db, municipalityCode, { indexes: entries.map(({ content }) => this.searches.indexOf(content)), personKeys: at.known, today });
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
    if (place.kind !== 'REUSED' && isNumberUsed(work, person, incoming.items)) return { state: 'REJECTED', code: 'SEQ_REUSED', column: 'municipalSeq' };
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
        return this.takeNext(ctx, work, { person, incoming, index });
    }
  }

  private takeNext(ctx: Ctx, work: Workspace, at: { readonly person: WorkedPerson; readonly incoming: Incoming; readonly index: number }): NoticeOutcome {
    const { person, incoming, index } = at;
    if (lacksBlock(work, person, incoming)) return { state: 'REJECTED', code: 'CODE_NOT_ALLOCATED_TO_YOU', column: 'residentCode' };
    const outcome = this.lacksSearch(ctx, work, person, incoming.items) ? ({ state: 'HELD' } as const) : decide(ctx, person, incoming.items);
    if (outcome.state === 'REJECTED') return outcome;
    const waiting = outcome.state === 'HELD' ? { held: incoming.row, line: work.set.lineOf?.[index], ...this.waitingForSearch(incoming.items) } : {};
    const record = recordOf({ ctx, work, person }, incoming, { state: outcome.state, ...waiting });
    if (outcome.state === 'HELD') work.rowOf.set(record.noticeId, index);
    keep(work, person, record);
    if (outcome.state !== 'HELD') this.releaseHeld(ctx, work, person);
    return { state: outcome.state, noticeId: record.noticeId, personKey: person.personKey };
  }

  private lacksSearch(ctx: Ctx, { searchSince, searches }: Workspace, { personKey }: WorkedPerson, { changeReason, content }: NoticeItems): boolean {
    return mustBeSearched(changeReason, searchSince, localDateInJapan(ctx.now)) && !isCovered({ personKey, searchIndex: this.searches.indexOf(content) }, searches);
  }

  private waitingForSearch({ content }: NoticeItems): Pick<NoticeRecord, 'code' | 'searchIndex'> {
    return { code: 'ENTRY_NOT_SEARCHED', searchIndex: this.searches.indexOf(content) };
  }

  /** The predecessor has come: what waited for it is decided now, in order, until one is refused or missing. */
  private releaseHeld(ctx: Ctx, work: Workspace, person: WorkedPerson): void {
    for (;;) {
      const record = person.sequence.at(person.sequence.last + 1);
      if (record?.state !== 'HELD' || record.held === undefined) return;
      const incoming = this.read(record.held, record.municipalityCode, localDateInJapan(ctx.now));
      if ('items' in incoming && this.lacksSearch(ctx, work, person, incoming.items)) {
        if (record.searchIndex === undefined) keep(work, person, { ...record, ...this.waitingForSearch(incoming.items) });
        return;
      }
      const outcome = this.decideHeld(ctx, work, person, incoming);
      const { held: _content, code: _reason, searchIndex: _search, ...rest } = record;
      keep(work, person, outcome.state === 'REJECTED' ? { ...rest, state: 'REJECTED', code: outcome.code } : { ...rest, state: outcome.state });
      const index = work.rowOf.get(record.noticeId);
      if (index !== undefined) work.outcomes[index] = outcome.state === 'REJECTED' ? outcome : { state: outcome.state, noticeId: record.noticeId, personKey: person.personKey };
      else if (record.fileId !== undefined) work.decided.push({ fileId: record.fileId, line: record.line, ...outcome });
      if (outcome.state === 'REJECTED') return;
    }
  }

  private decideHeld(ctx: Ctx, work: Workspace, person: WorkedPerson, incoming: ReadRow): Decided {
    if (!('items' in incoming)) return { state: 'REJECTED', ...incoming };
    return lacksBlock(work, person, incoming) ? { state: 'REJECTED', code: 'CODE_NOT_ALLOCATED_TO_YOU', column: 'residentCode' } : decide(ctx, person, incoming.items);
  }

  private async close(ctx: Ctx, work: Workspace): Promise<void> {
    const changed = [...work.persons.values()].flatMap((person) => (person.changed === undefined ? [] : [person.changed]));
    if (changed.length > 0) {
      await this.residents.write(ctx.db, changed);
      await copyToPrefecture(ctx.db, work.set.municipalityCode, changed);
    }
    await this.codes.follow(ctx, work.set.municipalityCode, changed);
    const ended = changed.filter(({ notified }) => notified.some(({ changeReason }) => isEndWithoutMove(changeReason)));
    await wakeTransfers(ctx.db, work.set.municipalityCode, ended.map(({ personKey }) => personKey), ctx.now);
    const records = [...work.records.values()];
    await this.notices.add(ctx.db, records.filter((record) => !work.replaced.has(record.noticeId)));
    await this.notices.replace(ctx.db, records.filter((record) => work.replaced.has(record.noticeId)));
    // Before the files, as every change of code does: steps of two files may each hold what the other counts.
    await noteArrivals(ctx, work.set.municipalityCode, arrivalsOf(work));
    await countDecided(ctx.db, work.decided, work.set.fileId);
  }
}

/** Applies one notice to the person in memory and publishes its event. */
function decide(ctx: Ctx, person: WorkedPerson, items: NoticeItems): Decided {
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
  person.changed = { personKey, residentCode: items.residentCode, resident, standing: decision.standing, notified, stored, formerAddresses };
  if (decision.event !== undefined) emitResidentEvent(ctx, personKey, decision.event);
  return { state: decision.outcome };
}

function columnOf(code: NoticeRefusal): Fault['column'] {
  if (code === 'RESIDENT_UNKNOWN') return 'residentCode';
  return code === 'DATE_IN_FUTURE' ? 'changeDate' : 'changeReason';
}
