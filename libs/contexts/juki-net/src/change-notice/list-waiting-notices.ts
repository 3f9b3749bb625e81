import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { within } from '../inquiry/ask-register.js';
import { ageHours, isHeldTooLong, VERDICTS } from './waiting-notice.js';
import type { WaitingNoticeStore, WaitingState } from './waiting-notice.store.js';

const count = z.number().int();
const REASON = { HELD: 'SEQ_GAP', QUARANTINED: 'ENTRY_AFTER_DEATH' } as const satisfies Record<WaitingState, string>;

function listSpec(action: string, summary: string) {
  return useCase({
    action, kind: 'question', summary,
    input: z.strictObject({
      municipalityCode: z.string().regex(/^\d{6}$/).optional(),
      olderThanHours: z.coerce.number().int().min(0).max(100_000).default(0),
      after: z.uuid().default('00000000-0000-0000-0000-000000000000'),
      limit: z.coerce.number().int().min(1).max(1_000).default(100),
    }),
    output: z.object({
      items: z.array(z.object({
        noticeId: z.uuid(), municipalityCode: z.string(), municipalSeq: count, personSeq: count, code: z.string(), receivedAt: z.string(), ageHours: count,
        managementNo: z.string().nullable().describe('number of the municipality\'s own request (依頼管理番号)'),
        overdue: z.boolean().describe('held for more than 24 hours: an operator may reject it'),
        missingFrom: count.describe('first number of the sequence about this person that has not come'),
        proposed: z.enum(VERDICTS).nullable().describe('first word of an officer about a quarantined notice'),
      })),
      next: z.uuid().optional().describe('`after` of the next page'),
    }),
    refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
  });
}

const SPECS = {
  HELD: listSpec('juki-net.held-notice.list', 'Notices that wait for the one before them or for a search, the oldest first'),
  QUARANTINED: listSpec('juki-net.quarantined-notice.list', 'Entries after a death that wait for the municipality\'s answer, the oldest first'),
} as const;

/** Whose notices wait and since when; nothing of what they say (JUKI-3.3). */
export class ListWaitingNotices implements UseCase<ReturnType<typeof listSpec>> {
  readonly spec: ReturnType<typeof listSpec>;
  constructor(
    private readonly waiting: WaitingNoticeStore,
    private readonly state: WaitingState,
  ) {
    this.spec = SPECS[state];
  }

  async execute(ctx: Ctx, { municipalityCode, olderThanHours, after, limit }: InputOf<ReturnType<typeof listSpec>>): Promise<OutputOf<ReturnType<typeof listSpec>>> {
    if (municipalityCode !== undefined) requireJurisdiction(ctx, municipalityCode);
    const receivedBefore = new Date(ctx.now.getTime() - olderThanHours * 3_600_000);
    const found = await this.waiting.list(ctx.db, this.state, { within: municipalityCode ?? within(ctx), receivedBefore, after, limit });
    const last = found.at(-1);
    return {
      items: found.map(({ receivedAt, forSearch, ...notice }) => ({
        ...notice, code: forSearch ? 'ENTRY_NOT_SEARCHED' : REASON[this.state], receivedAt: receivedAt.toISOString(), ageHours: ageHours(receivedAt, ctx.now), overdue: this.state === 'HELD' && isHeldTooLong(receivedAt, ctx.now),
      })),
      ...(found.length < limit || last === undefined ? {} : { next: last.noticeId }),
    };
  }
}
