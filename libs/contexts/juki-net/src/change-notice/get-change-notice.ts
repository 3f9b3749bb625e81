import { jukiNetProblems } from '#contracts/juki-net';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { NOTICE_STATES, type ChangeNoticeStore } from './change-notice.store.js';
import { NO_GAIJI } from './intake-row.js';

const spec = useCase({
  action: 'juki-net.change-notice.get',
  kind: 'question',
  summary: 'State of a notice',
  input: z.object({ noticeId: z.uuid() }),
  output: z.object({
    noticeId: z.uuid(), state: z.enum(NOTICE_STATES), municipalSeq: z.number().int(), personSeq: z.number().int(), changeReason: z.string(), changeDate: z.string(),
    receivedAt: z.string(), gaijiCountName: z.number().int(), gaijiCountAddress: z.number().int(), code: z.string().optional(),
    managementNo: z.string().optional(), changeReasonDetail: z.string().optional(),
    updateLock: z.boolean().describe('whether the municipality\'s record of the person is locked now (更新禁止フラグ)'), title: z.object({ ja: z.string(), en: z.string() }).optional(),
  }),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

export class GetChangeNotice implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly notices: ChangeNoticeStore) {}

  async execute(ctx: Ctx, { noticeId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const record = await this.notices.find(ctx.db, noticeId);
    if (record === undefined) throw platformProblems.refuse('NOT_FOUND');
    requireJurisdiction(ctx, record.municipalityCode);
    ctx.audit({ object: `change-notice:${noticeId}`, subjects: [record.personKey] });
    const { state, municipalSeq, personSeq, changeReason, changeDate, receivedAt, gaiji, managementNo, changeReasonDetail } = record;
    const code = state === 'QUARANTINED' ? 'ENTRY_AFTER_DEATH' : record.code;
    const updateLock = await this.notices.isLocked(ctx.db, record);
    return { noticeId, state, municipalSeq, personSeq, changeReason, changeDate, receivedAt, ...(gaiji ?? NO_GAIJI), managementNo, changeReasonDetail, updateLock, ...(code === undefined ? {} : { code, ...titleOf(code) }) };
  }
}

function titleOf(code: string): { title?: { ja: string; en: string } } {
  const definition = Object.entries(jukiNetProblems.definitions).find(([known]) => known === code)?.[1];
  return definition === undefined ? {} : { title: { ja: definition.ja, en: definition.en } };
}
