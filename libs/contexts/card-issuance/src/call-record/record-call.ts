import { useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { AGENT_TEXTS } from './agent-texts.js';
import { LANGUAGES, OUTCOMES, QUEUES, TOPICS, isOpen } from './call-record.js';
import type { CallRecordStore } from './call-record.store.js';

const LONGEST_MS = 86_400_000;
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const spec = useCase({
  action: 'card-issuance.call.record', kind: 'command', summary: 'A call as choices: topic, language, outcome and times; there is no field for anything that was said',
  input: z.strictObject({ queue: z.enum(QUEUES), topic: z.enum(TOPICS), language: z.enum(LANGUAGES), outcome: z.enum(OUTCOMES), arrivedAt: instant, answeredAt: instant.optional(), endedAt: instant })
    .refine(({ arrivedAt, answeredAt = arrivedAt, endedAt }) => arrivedAt <= answeredAt && answeredAt <= endedAt && endedAt.getTime() - arrivedAt.getTime() <= LONGEST_MS, { path: ['endedAt'], params: { code: 'TERM' } })
    .refine(({ answeredAt, outcome }) => (outcome === 'ABANDONED') === (answeredAt === undefined), { path: ['outcome'], params: { code: 'ABANDONED_UNANSWERED' } }),
  output: z.object({ callId: z.uuid() }), refusals: [],
});

/** CallRecord (CARD-4.18). */
export class RecordCall implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly calls: CallRecordStore) {}

  async execute(ctx: Ctx, { answeredAt, ...call }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const callId = uuidv7();
    await this.calls.add(ctx.db, { ...call, callId, answeredAt: answeredAt ?? null });
    ctx.audit({ object: `call:${callId}` });
    return { callId };
  }
}

const deskSpec = useCase({
  action: 'card-issuance.call.desk', kind: 'question', summary: 'What an agent says in a language, and which queues are open now',
  input: z.strictObject({ language: z.enum(LANGUAGES) }), output: z.object({ open: z.record(z.enum(QUEUES), z.boolean()), texts: z.record(z.string(), z.string()) }), refusals: [],
});

/** The agent's screen. */
export class ShowAgentDesk implements UseCase<typeof deskSpec> {
  readonly spec = deskSpec;

  async execute(ctx: Ctx, { language }: InputOf<typeof deskSpec>): Promise<OutputOf<typeof deskSpec>> {
    return { open: { STOP: isOpen('STOP', ctx.now), GENERAL: isOpen('GENERAL', ctx.now) }, texts: Object.fromEntries(Object.entries(AGENT_TEXTS).map(([key, texts]) => [key, texts[language]])) };
  }
}
