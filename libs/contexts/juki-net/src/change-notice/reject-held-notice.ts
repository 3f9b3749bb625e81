import { jukiNetProblems } from '#contracts/juki-net';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { countDecided } from '../notice-file/held-row.store.js';
import type { ResidentStore } from '../resident/resident.store.js';
import type { ChangeNoticeStore, NoticeRecord } from './change-notice.store.js';
import { isHeldTooLong } from './waiting-notice.js';

const spec = useCase({
  action: 'juki-net.held-notice.reject',
  kind: 'command',
  summary: 'Rejects a notice whose predecessor or search has not come for more than 24 hours; the municipality can send its number again',
  input: z.strictObject({ noticeId: z.uuid() }),
  output: z.object({ noticeId: z.uuid(), state: z.literal('REJECTED') }),
  refusals: [...refusals(jukiNetProblems, 'HELD_NOT_OVERDUE', 'NOTICE_STATE'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** HELD → REJECTED by the operator (JUKI-3.3); what it said is deleted, what waits behind it goes on waiting. */
export class RejectHeldNotice implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(
    private readonly residents: ResidentStore,
    private readonly notices: ChangeNoticeStore,
  ) {}

  async execute(ctx: Ctx, { noticeId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { held, searchIndex, ...record } = await this.lockHeld(ctx, noticeId);
    if (held === undefined) throw jukiNetProblems.refuse('NOTICE_STATE', { facts: { state: record.state } });
    if (!isHeldTooLong(new Date(record.receivedAt), ctx.now)) throw jukiNetProblems.refuse('HELD_NOT_OVERDUE');
    const fault = searchIndex === undefined ? { column: 'personSeq', code: 'SEQ_GAP' } : { column: 'changeReason', code: 'ENTRY_NOT_SEARCHED' };
    await this.notices.replace(ctx.db, [{ ...record, state: 'REJECTED', code: fault.code }]);
    const { fileId, line } = record;
    if (fileId !== undefined) await countDecided(ctx.db, [{ fileId, line, state: 'REJECTED', ...fault }]);
    ctx.audit({ object: `change-notice:${noticeId}`, subjects: [record.personKey], facts: { from: 'HELD', to: 'REJECTED' } });
    return { noticeId, state: 'REJECTED' };
  }

  /** The notice with its code locked as every intake does: the one before it may be on its way. */
  private async lockHeld(ctx: Ctx, noticeId: string): Promise<NoticeRecord> {
    const found = await this.notices.find(ctx.db, noticeId);
    if (found?.held?.residentCode !== undefined) await this.residents.lockCodes(ctx.db, [this.residents.codeIndex(found.held.residentCode)]);
    const record = found && (await this.notices.find(ctx.db, noticeId));
    if (record === undefined) throw platformProblems.refuse('NOT_FOUND');
    return record;
  }
}
