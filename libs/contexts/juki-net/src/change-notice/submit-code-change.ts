import { jukiNetProblems, writtenText } from '#contracts/juki-net';
import { localDateInJapan, municipalityCodeFault, ResidentCode, toLocalDate } from '#kernel';
import { refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { isReserved } from '../code-block/code-block.js';
import type { CodeWriting } from '../code-block/write-codes.js';
import { countDecided } from '../notice-file/held-row.store.js';
import { copyIdentifiers, copyToPrefecture } from '../prefecture/prefecture-record.store.js';
import { requireNotPassed } from '../merger/municipality-change.store.js';
import { noteArrivals } from '../prefecture/resend-order.store.js';
import { enterForNotices } from '../prefecture/server.store.js';
import { standingOf } from '../resident/person-status.js';
import { emitResidentEvent } from '../resident/resident-event.js';
import { decideCodeChange } from '../resident/resident.js';
import { codeKey, type ResidentStore, type StoredPerson } from '../resident/resident.store.js';
import { isSameStay } from '../resident/segment.js';
import type { ChangeNoticeStore, NoticeRecord } from './change-notice.store.js';
import { requireClock } from './clock-skew.js';
import { isEntryAhead } from './entry-ahead.js';
import { isKnownElsewhere, joinPersons } from './entry-ahead.store.js';
import { isManagementNo, LEFT_OUT, LONGEST_DETAIL } from './intake-row.js';
import type { Register } from './register.js';
import { NoticeSequence } from './sequence.js';
import type { NoticeIntake } from './take-in-notices.js';
import { entryEvent } from './waiting-notice.js';

const residentCode = z.string().refine((text) => ResidentCode.fault(text) === undefined, { params: { code: 'CHECK_DIGIT' } });

const spec = useCase({
  action: 'juki-net.code-change.submit',
  kind: 'command',
  summary: 'Replaces the resident code of a resident, on request (40) or ex officio (41)',
  input: z.strictObject({
    municipalSeq: z.number().int().min(1),
    personSeq: z.number().int().min(1).describe('next in the sequence of notices about this person'),
    formerResidentCode: residentCode,
    residentCode,
    changeReason: z.enum(['40', '41']),
    changeDate: z.iso.date(),
    municipalityCode: z.string().refine((text) => municipalityCodeFault(text) === undefined, { params: { code: 'CHECK_DIGIT' } }),
    managementNo: z.string().refine(isManagementNo, { params: { code: 'FORMAT' } }).optional().describe('as of a change notice'),
    changeReasonDetail: writtenText(LONGEST_DETAIL).optional(),
  }),
  output: z.object({ noticeId: z.uuid(), state: z.literal('APPLIED'), repeated: z.boolean(), managementNo: z.string().optional() }),
  refusals: refusals(jukiNetProblems, 'NOT_YOUR_RESIDENT', 'RESIDENT_UNKNOWN', 'CODE_SUPERSEDED', 'CODE_IN_USE', 'CODE_NOT_ALLOCATED_TO_YOU', 'RECORD_CLOSED', 'SEQ_GAP', 'SEQ_REUSED', 'DATE_IN_FUTURE', 'TRAINING_REALM', 'CLOCK_SKEW', 'MUNICIPALITY_CHANGED', 'NATIONAL_CLOSED', 'PREFECTURE_CLOSED'),
});

type Input = InputOf<typeof spec>;
type Answer = OutputOf<typeof spec>;
type Change = Input & { readonly free: boolean };
/** The key under which notices with the new code came before the change, with whom an entry among them made. */
type Early = { readonly personKey: string; readonly entered: StoredPerson | undefined };

/** The columns of a notice hold one code, so that a change of code is notified in a message of its own (JUKI-4.5 V6). */
export class SubmitCodeChange implements UseCase<typeof spec> {
  readonly spec = spec;
  private readonly residents: ResidentStore;
  private readonly notices: ChangeNoticeStore;
  private readonly codes: CodeWriting;
  private readonly intake: NoticeIntake;
  constructor({ residents, notices, writing, intake }: Register) {
    this.residents = residents;
    this.notices = notices;
    this.codes = writing;
    this.intake = intake;
  }

  async execute(ctx: Ctx, input: Input): Promise<Answer> {
    requireClock(ctx);
    if (input.municipalityCode !== ctx.actor.organisation) throw jukiNetProblems.refuse('NOT_YOUR_RESIDENT');
    if (input.changeDate > localDateInJapan(ctx.now)) throw jukiNetProblems.refuse('DATE_IN_FUTURE');
    if (this.codes.isOfTraining(input.residentCode)) throw jukiNetProblems.refuse('TRAINING_REALM');
    await requireNotPassed(ctx, input.municipalityCode);
    const { used } = await enterForNotices(ctx.db, input.municipalityCode, [input.municipalSeq]);
    const index = this.residents.codeIndex(input.formerResidentCode);
    const next = this.residents.codeIndex(input.residentCode);
    const free = isReserved(input.residentCode) || (await this.codes.lockFree(ctx, [{ index: next, holder: input.municipalityCode }])).size > 0;
    // Both together, in the order of every intake.
    const owner = (await this.residents.lockCodes(ctx.db, [index, next])).get(codeKey(index));
    if (owner === undefined) throw jukiNetProblems.refuse('RESIDENT_UNKNOWN');
    const { personKey } = owner;
    const { municipalityCode, personSeq, municipalSeq, changeReason, changeDate, managementNo, changeReasonDetail } = input;
    const text = [municipalSeq, input.formerResidentCode, input.residentCode, changeReason, changeDate, managementNo, changeReasonDetail].join('\u001f');
    const contentIndex = this.notices.contentIndex(text.replace(LEFT_OUT, ''));
    const sequence = new NoticeSequence(await this.notices.ofPersons(ctx.db, input.municipalityCode, [personKey]));
    const place = sequence.place(input.personSeq, contentIndex);
    if (place.kind === 'REPEATED') {
      await noteArrivals(ctx, input.municipalityCode, [{ seq: input.municipalSeq, isNew: false }]);
      return this.answer(ctx, place.record, true);
    }
    const isNew = !used.has(input.municipalSeq);
    if (place.kind === 'REUSED' || (!isNew && sequence.at(input.personSeq)?.municipalSeq !== input.municipalSeq)) throw jukiNetProblems.refuse('SEQ_REUSED');
    if (owner.superseded) throw jukiNetProblems.refuse('CODE_SUPERSEDED');
    if (place.kind === 'HOLD') throw jukiNetProblems.refuse('SEQ_GAP');
    if (!free && !(await this.codes.isWrittenOf(ctx, next, input.municipalityCode))) throw jukiNetProblems.refuse('CODE_NOT_ALLOCATED_TO_YOU');
    const early = await this.replaceCode(ctx, { ...input, free }, personKey, index);
    await this.codes.replace(ctx, input.municipalityCode, input.formerResidentCode, input.residentCode);
    await noteArrivals(ctx, input.municipalityCode, [{ seq: input.municipalSeq, isNew }]);
    await this.rejectHeld(ctx, personKey, 'CODE_SUPERSEDED');
    const record: NoticeRecord = { noticeId: uuidv7(), municipalityCode, personKey, personSeq, municipalSeq, contentIndex, changeReason, changeDate, managementNo, changeReasonDetail, state: 'APPLIED', receivedAt: ctx.now.toISOString() };
    await (sequence.at(personSeq) === undefined ? this.notices.add(ctx.db, [record]) : this.notices.replace(ctx.db, [record]));
    if (early !== undefined) await this.takeInEarly(ctx, early, personKey);
    return this.answer(ctx, record, false);
  }

  /** Answers the key under which notices with the new code have come before the change, if any. */
  private async replaceCode(ctx: Ctx, input: Change, personKey: string, former: Buffer): Promise<Early | undefined> {
    const stored = (await this.residents.lockPersons(ctx, [personKey])).get(personKey);
    if (stored === undefined) throw jukiNetProblems.refuse('RESIDENT_UNKNOWN');
    const notice = { municipalityCode: input.municipalityCode, changeReason: input.changeReason, changeDate: toLocalDate(input.changeDate), content: {} };
    const decision = decideCodeChange(stored.resident, notice);
    if ('refusal' in decision) throw jukiNetProblems.refuse(decision.refusal);
    const early = await this.takeCode(ctx, input, stored);
    const { municipalityCode, changeDate, changeReason } = notice;
    const notified = [{ stay: decision.stay, personSeq: input.personSeq, changeReason, changeDate }];
    const changed = [{ personKey, residentCode: input.residentCode, resident: decision.resident, standing: decision.standing, notified, stored }];
    await this.residents.write(ctx.db, changed);
    await this.residents.supersedeCode(ctx.db, former, personKey, input.residentCode);
    await copyToPrefecture(ctx.db, municipalityCode, changed);
    await copyIdentifiers(ctx.db, [personKey]);
    emitResidentEvent(ctx, personKey, decision.event);
    return early;
  }

  /** A code that only held notices have used so far, or an entry ahead of the change, becomes the person's. */
  private async takeCode(ctx: Ctx, input: Change, { personKey, resident }: StoredPerson): Promise<Early | undefined> {
    const index = this.residents.codeIndex(input.residentCode);
    if ((await this.residents.writeCodes(ctx.db, [{ index, personKey }])).size > 0) return undefined;
    const early = (await this.residents.lockCodes(ctx.db, [index])).get(codeKey(index));
    if (early === undefined) throw jukiNetProblems.refuse('CODE_IN_USE');
    const entered = (await this.residents.lockPersons(ctx, [early.personKey])).get(early.personKey);
    const isAhead = entered === undefined || (!early.superseded && isEntryAhead(entered.resident, resident, input.municipalityCode) && !(await isKnownElsewhere(ctx.db, early.personKey)));
    if (!isAhead) throw jukiNetProblems.refuse(input.free ? 'CODE_IN_USE' : 'CODE_NOT_ALLOCATED_TO_YOU');
    await this.residents.moveCode(ctx.db, index, personKey);
    return { personKey: early.personKey, entered };
  }

  /** What came under the new code belongs to the person: what was decided joins them, what waits is decided in their sequence (JUKI-4.5.1). */
  private async takeInEarly(ctx: Ctx, { personKey: early, entered }: Early, personKey: string): Promise<void> {
    if (entered !== undefined) await this.join(ctx, entered, personKey);
    const municipalities = await this.notices.moveHeld(ctx.db, early, personKey);
    await this.rejectHeld(ctx, early, 'SEQ_REUSED');
    for (const municipalityCode of municipalities) await this.intake.takeInHeld(ctx, municipalityCode, personKey);
  }

  /** The record made ahead is told as deleted under its own key, and as entered under the person's, if it is their present one. */
  private async join(ctx: Ctx, { personKey: early, resident: { factVersion: earlyVersion, segments }, present: made }: StoredPerson, personKey: string): Promise<void> {
    await joinPersons(ctx.db, early, personKey, segments.map((segment) => segment.municipalityCode));
    const stored = (await this.residents.lockPersons(ctx, [personKey])).get(personKey);
    const standing = stored && standingOf(stored.resident.segments, stored.resident.pointers);
    if (stored === undefined || standing === undefined || made === undefined) throw new Error('a person who is joined has records');
    const before = stored.present;
    const isNews = !isSameStay(standing.current, before);
    const factVersion = stored.resident.factVersion + (isNews ? 1 : 0);
    await this.residents.write(ctx.db, [{ personKey, residentCode: '', resident: { ...stored.resident, factVersion }, standing, notified: [], stored }]);
    await copyIdentifiers(ctx.db, [personKey]);
    const { municipalityCode, entryDate: factDate } = made;
    emitResidentEvent(ctx, early, { kind: 'record-deleted', factVersion: earlyVersion + 1, factDate, municipalityCode, reason: '26', fields: [] });
    if (isNews) emitResidentEvent(ctx, personKey, entryEvent(standing.current, before, factVersion));
    ctx.audit({ object: 'code-change.joined', subjects: [early, personKey] });
  }

  /** No held notice outlives its code (JUKI-4.5 V6). */
  private async rejectHeld(ctx: Ctx, personKey: string, code: 'CODE_SUPERSEDED' | 'SEQ_REUSED'): Promise<void> {
    const column = code === 'SEQ_REUSED' ? 'personSeq' : 'residentCode';
    const rejected = await this.notices.rejectHeld(ctx.db, personKey, code);
    await countDecided(ctx.db, rejected.flatMap(({ fileId, line }) => (fileId === undefined ? [] : [{ fileId, line, state: 'REJECTED' as const, column, code }])));
  }

  private answer(ctx: Ctx, { noticeId, personKey, managementNo }: NoticeRecord, repeated: boolean): Answer {
    ctx.audit({ object: `change-notice:${noticeId}`, subjects: [personKey], facts: { repeated } });
    return { noticeId, state: 'APPLIED', repeated, managementNo };
  }
}
