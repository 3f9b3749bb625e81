import { z } from 'zod';
import { nextOf, pageLimit, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { bodyCodeOf } from '../body/body.js';
import { LEARNER_MESSAGES, RECIPIENTS } from './message.js';
import type { MessageRecord, MessageStore } from './message.store.js';

const messageView = z.object({
  messageId: z.uuid(), recipient: z.enum(RECIPIENTS), kind: z.enum([...LEARNER_MESSAGES, 'DIGEST']), subject: z.string(), text: z.string(),
  createdAt: z.iso.datetime(), takenAt: z.iso.datetime().nullable().describe('when the mail gateway took it'),
});

function viewOf({ id, recipient, kind, subject, text, createdAt, takenAt }: MessageRecord): z.input<typeof messageView> {
  return { messageId: id, recipient, kind, subject, text, createdAt: createdAt.toISOString(), takenAt: takenAt?.toISOString() ?? null };
}

const listSpec = useCase({
  action: 'training.message.list',
  kind: 'question',
  summary: 'Messages to the learners and the coordinator of the own body, the newest first',
  input: z.strictObject({ before: z.uuid().optional(), limit: pageLimit }),
  output: z.object({ items: z.array(messageView), next: z.uuid().optional() }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

export class ListMessages implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly messages: MessageStore) {}

  async execute(ctx: Ctx, { before, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const bodyCode = bodyCodeOf(ctx.actor);
    if (bodyCode === undefined) throw platformProblems.refuse('OUT_OF_JURISDICTION');
    const page = await this.messages.ofBody(ctx.db, bodyCode, { before, limit });
    ctx.audit({ object: `body:${bodyCode}`, facts: { messages: page.length } });
    return { items: page.map(viewOf), ...nextOf(page, limit, ({ id }) => id) };
  }
}

const waitingSpec = useCase({
  action: 'training.message.list-outgoing',
  kind: 'question',
  summary: 'Messages that wait for the mail gateway, with their addresses, the oldest first; each goes to one reader alone',
  input: z.strictObject({ after: z.uuid().optional(), limit: pageLimit }),
  output: z.object({ items: z.array(messageView.extend({ address: z.string() })), next: z.uuid().optional() }),
  refusals: [],
});

/** TRN-4.13. What was read and not confirmed is listed again: a message may arrive twice, never not at all. */
export class ListOutgoing implements UseCase<typeof waitingSpec> {
  readonly spec = waitingSpec;

  constructor(private readonly messages: MessageStore) {}

  async execute(ctx: Ctx, { after, limit }: InputOf<typeof waitingSpec>): Promise<OutputOf<typeof waitingSpec>> {
    const page = await this.messages.waiting(ctx.db, after, limit);
    ctx.audit({ object: 'messages', facts: { messages: page.length } });
    return { items: page.map((message) => ({ ...viewOf(message), address: message.address ?? '' })), ...nextOf(page, limit, ({ id }) => id) };
  }
}

const takeSpec = useCase({
  action: 'training.message.take',
  kind: 'command',
  summary: 'Confirms that the mail gateway has taken messages over',
  input: z.strictObject({ messageIds: z.array(z.uuid()).min(1).max(1_000) }),
  output: z.object({ taken: z.int().describe('of which nobody had confirmed it before') }),
  refusals: [],
});

export class TakeMessages implements UseCase<typeof takeSpec> {
  readonly spec = takeSpec;

  constructor(private readonly messages: MessageStore) {}

  async execute(ctx: Ctx, { messageIds }: InputOf<typeof takeSpec>): Promise<OutputOf<typeof takeSpec>> {
    const taken = await this.messages.take(ctx.db, messageIds, ctx.now);
    ctx.audit({ object: 'messages', facts: { taken } });
    return { taken };
  }
}
