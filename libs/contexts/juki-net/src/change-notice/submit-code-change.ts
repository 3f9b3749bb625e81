import { jukiNetProblems } from '#contracts/juki-net';
import { localDateInJapan, municipalityCodeFault, ResidentCode, toLocalDate } from '#kernel';
import { refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { standingOf } from '../resident/person-status.js';
import { emitResidentEvent } from '../resident/resident-event.js';
import { decideCodeChange } from '../resident/resident.js';
import { codeKey, type ResidentStore } from '../resident/resident.store.js';
import type { ChangeNoticeStore, NoticeRecord } from './change-notice.store.js';
import { NoticeSequence } from './sequence.js';

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
  }),
  output: z.object({ noticeId: z.uuid(), state: z.literal('APPLIED'), repeated: z.boolean() }),
  refusals: refusals(jukiNetProblems, 'NOT_YOUR_RESIDENT', 'RESIDENT_UNKNOWN', 'CODE_SUPERSEDED', 'CODE_IN_USE', 'RECORD_CLOSED', 'SEQ_GAP', 'SEQ_REUSED', 'DATE_IN_FUTURE'),
});

type Input = InputOf<typeof spec>;
type Answer = OutputOf<typeof spec>;

/** The columns of a notice hold one code, so that a change of code is notified in a message of its own (JUKI-4.5 V6). */
export class SubmitCodeChange implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(
    private readonly residents: ResidentStore,
    private readonly notices: ChangeNoticeStore,
  ) {}

  async execute(ctx: Ctx, input: Input): Promise<Answer> {
    if (input.municipalityCode !== ctx.actor.organisation) throw jukiNetProblems.refuse('NOT_YOUR_RESIDENT');
    if (input.changeDate > localDateInJapan(ctx.now)) throw jukiNetProblems.refuse('DATE_IN_FUTURE');
    const index = this.residents.codeIndex(input.formerResidentCode);
    const owner = (await this.residents.lockCodes(ctx.db, [index])).get(codeKey(index));
    if (owner === undefined) throw jukiNetProblems.refuse('RESIDENT_UNKNOWN');
    const { personKey } = owner;
    const contentIndex = this.notices.contentIndex([input.municipalSeq, input.formerResidentCode, input.residentCode, input.changeReason, input.changeDate].join('\u001f'));
    const sequence = new NoticeSequence(await this.notices.ofPersons(ctx.db, input.municipalityCode, [personKey]));
    const place = sequence.place(input.personSeq, contentIndex);
    if (place.kind === 'REPEATED') return this.answer(ctx, place.record, true);
    if (place.kind === 'REUSED') throw jukiNetProblems.refuse('SEQ_REUSED');
    if (owner.superseded) throw jukiNetProblems.refuse('CODE_SUPERSEDED');
    if (place.kind === 'HOLD' || sequence.at(input.personSeq) !== undefined) throw jukiNetProblems.refuse('SEQ_GAP');
    await this.replaceCode(ctx, input, personKey, index);
    const { municipalityCode, personSeq, municipalSeq, changeReason, changeDate } = input;
    const record: NoticeRecord = { noticeId: uuidv7(), municipalityCode, personKey, personSeq, municipalSeq, contentIndex, changeReason, changeDate, state: 'APPLIED', receivedAt: ctx.now.toISOString() };
    await this.notices.add(ctx.db, [record]);
    return this.answer(ctx, record, false);
  }

  private async replaceCode(ctx: Ctx, input: Input, personKey: string, former: Buffer): Promise<void> {
    const stored = (await this.residents.lockPersons(ctx.db, [personKey])).get(personKey);
    const standing = stored === undefined ? undefined : standingOf(stored.resident.segments);
    if (stored === undefined || standing === undefined) throw jukiNetProblems.refuse('RESIDENT_UNKNOWN');
    const notice = { municipalityCode: input.municipalityCode, changeReason: input.changeReason, changeDate: toLocalDate(input.changeDate), content: {} };
    const decision = decideCodeChange(stored.resident, notice);
    if ('refusal' in decision) throw jukiNetProblems.refuse(decision.refusal);
    const written = await this.residents.writeCodes(ctx.db, [{ index: this.residents.codeIndex(input.residentCode), personKey }]);
    if (written.size === 0) throw jukiNetProblems.refuse('CODE_IN_USE');
    await this.residents.write(ctx.db, [{ personKey, residentCode: input.residentCode, resident: decision.resident, standing, changedOn: notice.changeDate, changeReason: notice.changeReason, stored }]);
    await this.residents.supersedeCode(ctx.db, former, personKey, input.residentCode);
    emitResidentEvent(ctx, personKey, decision.event);
  }

  private answer(ctx: Ctx, { noticeId, personKey }: NoticeRecord, repeated: boolean): Answer {
    ctx.audit({ object: `change-notice:${noticeId}`, subjects: [personKey], facts: { repeated } });
    return { noticeId, state: 'APPLIED', repeated };
  }
}
