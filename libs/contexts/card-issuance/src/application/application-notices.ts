import { getPersons } from '#contracts/juki-net';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type Peers, type UseCase } from '#platform';
import { z } from 'zod';
import type { ApplicationStore } from './application.store.js';
import type { ApplicationNoticeStore } from './application-notice.store.js';
import { noticeText } from './deficiency-texts.js';

const listSpec = useCase({
  action: 'card-issuance.application-notice.list',
  kind: 'question',
  summary: 'Letters and messages that wait to be sent, oldest first, page by page; nothing about people',
  input: z.strictObject({ medium: z.enum(['LETTER', 'MESSAGE']), after: z.uuid().optional(), limit: z.coerce.number().int().min(1).max(500).default(100) }),
  output: z.object({ items: z.array(z.object({ noticeId: z.uuid(), applicationId: z.string(), language: z.string() })), next: z.string().optional() }),
  refusals: [],
});

/** What is to be sent to applicants. */
export class ListApplicationNotices implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly notices: ApplicationNoticeStore) {}

  async execute(ctx: Ctx, { medium, after, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const items = await this.notices.waiting(ctx.db, { medium, after, limit });
    const last = items.at(-1);
    return { items, ...(items.length === limit && last !== undefined ? { next: last.noticeId } : {}) };
  }
}

const readSpec = useCase({
  action: 'card-issuance.application-notice.read',
  kind: 'question',
  summary: 'A notice ready to be sent: its text in the applicant\'s language and where it goes',
  input: z.strictObject({ noticeId: z.uuid() }),
  output: z.object({ noticeId: z.uuid(), medium: z.enum(['LETTER', 'MESSAGE']), language: z.string(), text: z.string(), mail: z.string().optional(), addressee: z.string().optional(), postalCode: z.string().optional(), address: z.string().optional() }),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'UNAVAILABLE'),
});

/** A letter goes to the registered address as it is now. */
export class ReadApplicationNotice implements UseCase<typeof readSpec> {
  readonly spec = readSpec;

  constructor(
    private readonly notices: ApplicationNoticeStore,
    private readonly applications: ApplicationStore,
    private readonly peers: Peers,
  ) {}

  async execute(ctx: Ctx, { noticeId }: InputOf<typeof readSpec>): Promise<OutputOf<typeof readSpec>> {
    const notice = found(await this.notices.find(ctx.db, noticeId));
    const { medium, language, personKey } = notice;
    ctx.audit({ object: `application:${notice.applicationId}`, subjects: [personKey] });
    const text = { noticeId, medium, language, text: noticeText(notice) };
    const mail = medium === 'MESSAGE' ? await this.applications.contact(ctx.db, notice.applicationId) : undefined;
    if (mail !== undefined) return { ...text, mail };
    const { persons } = await this.peers.call(getPersons, { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'CARD_PRODUCTION' }, { personKeys: [personKey] });
    const { nameKanji: addressee, address, postalCode } = found(persons[0]);
    return { ...text, medium: 'LETTER', addressee, address, ...(postalCode === undefined ? {} : { postalCode }) };
  }
}

const sentSpec = useCase({
  action: 'card-issuance.application-notice.mark-sent',
  kind: 'command',
  summary: 'A notice was sent; its token is kept no longer',
  input: z.strictObject({ noticeId: z.uuid() }),
  output: z.object({ noticeId: z.uuid() }),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

/** The end of a notice. */
export class MarkApplicationNoticeSent implements UseCase<typeof sentSpec> {
  readonly spec = sentSpec;

  constructor(private readonly notices: ApplicationNoticeStore) {}

  async execute(ctx: Ctx, { noticeId }: InputOf<typeof sentSpec>): Promise<OutputOf<typeof sentSpec>> {
    if (!(await this.notices.markSent(ctx.db, noticeId, ctx.now))) throw platformProblems.refuse('NOT_FOUND');
    ctx.audit({ object: `application-notice:${noticeId}` });
    return { noticeId };
  }
}
