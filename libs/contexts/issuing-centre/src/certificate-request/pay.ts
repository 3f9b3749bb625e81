import { z } from 'zod';
import { issuingCentreProblems } from '#contracts/issuing-centre';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { TypeBlockStore } from '../type-block/type-block.store.js';
import type { ContentSeal } from './content-seal.js';
import { contentKey, requestId } from './request-id.js';
import type { RequestDesk } from './request-desk.js';

/** The number of the payment in the journal of the kiosk. */
const paymentRef = z.string().regex(/^[A-Za-z0-9._-]{1,40}$/);

const paySpec = useCase({
  action: 'issuing-centre.session.pay',
  kind: 'command',
  summary: 'The kiosk has taken the fee',
  input: z.strictObject({ requestId, amountYen: z.int().min(0), paymentRef }),
  output: z.object({ requestId: z.string(), state: z.literal('PAID'), fetchUntil: z.iso.datetime() }),
  refusals: [...refusals(issuingCentreProblems, 'AMOUNT_DIFFERS', 'BAD_STATE', 'TIMED_OUT', 'TYPE_BLOCKED'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** CARD-4.15 step 7. What was blocked in the meantime is not sold. */
export class Pay implements UseCase<typeof paySpec> {
  readonly spec = paySpec;

  constructor(
    private readonly desk: RequestDesk,
    private readonly blocks: TypeBlockStore,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof paySpec>): Promise<OutputOf<typeof paySpec>> {
    const held = await this.desk.held(ctx, input.requestId);
    if (held.state === 'READY' && input.amountYen !== held.priceYen) throw issuingCentreProblems.refuse('AMOUNT_DIFFERS', { facts: { priceYen: held.priceYen ?? 0 } });
    if (held.type !== null && (await this.blocks.isBlocked(ctx.db, held.municipalityCode, held.type))) throw issuingCentreProblems.refuse('TYPE_BLOCKED');
    const paid = await this.desk.move(ctx, held, 'PAID', { paymentRef: input.paymentRef, paidAt: ctx.now });
    return { requestId: paid.id, state: 'PAID', fetchUntil: paid.deadline?.toISOString() ?? '' };
  }
}

const contentSpec = useCase({
  action: 'issuing-centre.session.fetch-content',
  kind: 'process',
  summary: 'Sends the paid certificate to the kiosk, once, and erases it',
  input: z.strictObject({ requestId, contentKey }),
  output: z.object({ requestId: z.string(), copies: z.number().int(), pageCount: z.number().int(), front: z.string().describe('PDF, base64'), back: z.string().describe('PDF, base64') }),
  refusals: [...refusals(issuingCentreProblems, 'BAD_STATE', 'CONTENT_GONE', 'TIMED_OUT'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** CARD-4.15 step 6, 4.17. An answer that does not arrive is not sent again: the journal of the kiosk decides about the fee. */
export class FetchContent implements UseCase<typeof contentSpec> {
  readonly spec = contentSpec;

  constructor(
    private readonly desk: RequestDesk,
    private readonly seal: ContentSeal,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof contentSpec>): Promise<OutputOf<typeof contentSpec>> {
    const sent = await ctx.transaction(async (tx) => {
      const held = await this.desk.held(tx, input.requestId);
      if (held.state !== 'PAID') throw issuingCentreProblems.refuse('BAD_STATE', { facts: { state: held.state } });
      const sealed = await this.desk.requests.takeContent(tx.db, held.id);
      const content = sealed === undefined ? undefined : this.seal.open(held.id, input.contentKey, sealed);
      await this.desk.move(tx, held, content === undefined ? 'REFUND_DUE' : 'PRINTING', content === undefined ? { reason: 'CONTENT_GONE' } : { sentAt: tx.now });
      return content && { held, content };
    });
    if (sent === undefined) throw issuingCentreProblems.refuse('CONTENT_GONE');
    const { held: { id, copies, pageCount }, content: { front, back } } = sent;
    return { requestId: id, copies: copies ?? 0, pageCount: pageCount ?? 0, front: front.toString('base64'), back: back.toString('base64') };
  }
}
