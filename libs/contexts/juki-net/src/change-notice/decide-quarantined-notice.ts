import { jukiNetProblems, writtenText } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import { officerOf, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { copySettled } from '../prefecture/prefecture-record.store.js';
import { emitResidentEvent } from '../resident/resident-event.js';
import type { ResidentStore, StoredPerson } from '../resident/resident.store.js';
import { rejectCounted } from '../statistics/statistics.store.js';
import { NOTICE_STATES, type ChangeNoticeStore, type NoticeRecord } from './change-notice.store.js';
import { settleEntry, VERDICTS, weighWord, type Settled, type Verdict } from './waiting-notice.js';
import type { WaitingNoticeStore } from './waiting-notice.store.js';

const spec = useCase({
  action: 'juki-net.quarantined-notice.decide',
  kind: 'command',
  summary: 'Says by the municipality\'s written answer whether an entry after death takes effect; it does what two officers have said alike',
  input: z.strictObject({ noticeId: z.uuid(), decision: z.enum(VERDICTS), answerReference: writtenText(60).describe('reference of the written answer; no personal data') }),
  output: z.object({ noticeId: z.uuid(), state: z.enum(NOTICE_STATES), decision: z.enum(VERDICTS) }),
  refusals: [...refusals(jukiNetProblems, 'ENTRY_AFTER_DEATH', 'NOTICE_STATE', 'RESIDENT_UNKNOWN', 'SAME_OFFICER'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/**
 * QUARANTINED → APPLIED, REJECTED (JUKI-3.3). An entry that was applied before the death was known waits alike: it can be rejected; to
 * apply, it needs no word but the restoration of the dead.
 */
export class DecideQuarantinedNotice implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(
    private readonly residents: ResidentStore,
    private readonly notices: ChangeNoticeStore,
    private readonly waiting: WaitingNoticeStore,
  ) {}

  async execute(ctx: Ctx, { noticeId, decision, answerReference }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { record, person } = await this.lock(ctx, noticeId);
    const word = { verdict: decision, answerReference, officer: officerOf(ctx) };
    const settled = settleEntry(person.resident, record, decision, localDateInJapan(ctx.now));
    if ('refusal' in settled) throw jukiNetProblems.refuse(settled.refusal);
    const weighed = weighWord(await this.waiting.word(ctx.db, noticeId), word);
    if (weighed === 'SAME_OFFICER') throw jukiNetProblems.refuse('SAME_OFFICER');
    if (weighed === 'PROPOSED') await this.waiting.propose(ctx.db, noticeId, word, ctx.now);
    else await this.waiting.decide(ctx.db, noticeId, word.officer, ctx.now);
    const state = weighed === 'PROPOSED' ? record.state : await this.settle(ctx, { record, stored: person, verdict: decision }, settled);
    ctx.audit({ object: `change-notice:${noticeId}`, subjects: [record.personKey], facts: { decision, from: record.state, to: state } });
    return { noticeId, state, decision };
  }

  /** The person first, as every intake does. */
  private async lock(ctx: Ctx, noticeId: string): Promise<{ record: NoticeRecord; person: StoredPerson }> {
    const found = await this.notices.find(ctx.db, noticeId);
    const person = found && (await this.residents.lockPersons(ctx, [found.personKey])).get(found.personKey);
    const record = person && (await this.notices.find(ctx.db, noticeId));
    if (found === undefined) throw platformProblems.refuse('NOT_FOUND');
    if (person === undefined || record === undefined || !(await this.waits(ctx, record))) throw jukiNetProblems.refuse('NOTICE_STATE', { facts: { state: record?.state ?? found.state } });
    return { record, person };
  }

  private async waits(ctx: Ctx, record: NoticeRecord): Promise<boolean> {
    return record.state === 'QUARANTINED' || (record.state === 'APPLIED' && (await this.waiting.isLateDeath(ctx.db, record)));
  }

  private async settle(ctx: Ctx, at: { record: NoticeRecord; stored: StoredPerson; verdict: Verdict }, settled: Settled): Promise<'APPLIED' | 'REJECTED'> {
    const { record, stored, verdict } = at;
    const { resident, standing, stay, event } = settled;
    // The code is written of new persons only.
    await this.residents.write(ctx.db, [{ personKey: record.personKey, residentCode: '', resident, standing, notified: [], stored }]);
    const state = verdict === 'APPLY' ? 'APPLIED' : 'REJECTED';
    await this.notices.replace(ctx.db, [{ ...record, state, ...(state === 'REJECTED' ? { code: 'ENTRY_AFTER_DEATH' } : {}) }]);
    await copySettled(ctx.db, record.municipalityCode, record.personKey);
    if (state === 'REJECTED') await rejectCounted(ctx.db, { ...record, stay });
    if (record.fileId !== undefined) await this.waiting.countSettled(ctx.db, record.fileId, record.state === 'APPLIED' ? 'APPLIED' : 'QUARANTINED', verdict);
    if (event !== undefined) emitResidentEvent(ctx, record.personKey, event);
    return state;
  }
}
