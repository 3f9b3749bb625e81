import { cardIssuanceProblems } from '#contracts/card-issuance';
import { found, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { Card } from '../card/card.js';
import type { CardStore } from '../card/card.store.js';
import { endCards, type EndStores } from '../card/end-card.js';
import { moveCards } from '../card/move-cards.js';
import type { PersonFactStore } from '../card/person-fact.store.js';
import { withdrawReissue, type ReissueStores } from '../reissue-case/withdraw-reissue.js';
import type { StopOrder, StopOrderStore } from './stop-order.store.js';

const orderRefusals = [...refusals(cardIssuanceProblems, 'BAD_STATE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')];

const liftSpec = useCase({
  action: 'card-issuance.stop-order.lift',
  kind: 'command',
  summary: 'Resumes a stopped card; only at a municipal counter, with the card and the identity checked',
  input: z.strictObject({ stopOrderId: z.uuid(), terminalId: z.string().min(1).max(64) }),
  output: z.object({ stopOrderId: z.uuid(), cardSerial: z.string(), state: z.literal('LIFTED') }),
  refusals: [...refusals(cardIssuanceProblems, 'COUNTER_ONLY'), ...orderRefusals],
});

interface LiftStores extends ReissueStores {
  readonly stopOrders: StopOrderStore;
  readonly facts: PersonFactStore;
}

/** The telephone stops, only the counter resumes; a re-issue that was begun is withdrawn with it (CARD-4.9). */
export class LiftStopOrder implements UseCase<typeof liftSpec> {
  readonly spec = liftSpec;

  constructor(private readonly stores: LiftStores) {}

  async execute(ctx: Ctx, { stopOrderId, terminalId }: InputOf<typeof liftSpec>): Promise<OutputOf<typeof liftSpec>> {
    if (ctx.actor.kind !== 'municipality') throw cardIssuanceProblems.refuse('COUNTER_ONLY');
    const { stopOrders, cards, facts } = this.stores;
    // What follows the person's facts locks application and card the other way round.
    await facts.lockPerson(ctx.db, found(await stopOrders.find(ctx.db, stopOrderId)).personKey);
    const { order, card } = await lockApplied(ctx, stopOrders, cards, stopOrderId);
    await moveCards(ctx, cards, [card], { to: 'ACTIVE', reason: 'STOP_LIFTED', terminal: terminalId });
    await stopOrders.lift(ctx.db, stopOrderId, ctx.now);
    await withdrawReissue(ctx, this.stores, card);
    ctx.audit({ object: `stop-order:${stopOrderId}`, subjects: [order.personKey], facts: { state: 'LIFTED' } });
    return { stopOrderId, cardSerial: card.cardSerial, state: 'LIFTED' };
  }
}

const convertSpec = useCase({
  action: 'card-issuance.stop-order.convert',
  kind: 'command',
  summary: 'The loss is certain: the stopped card is abolished',
  input: z.strictObject({ stopOrderId: z.uuid(), reason: z.enum(['LOST_CONFIRMED', 'REISSUE']).default('LOST_CONFIRMED') }),
  output: z.object({ stopOrderId: z.uuid(), cardSerial: z.string(), state: z.literal('CONVERTED_TO_ABOLISH') }),
  refusals: orderRefusals,
});

/** After abolition a card that is found again cannot be revived (CARD-4.9). */
export class ConvertStopOrder implements UseCase<typeof convertSpec> {
  readonly spec = convertSpec;

  constructor(private readonly stores: EndStores) {}

  async execute(ctx: Ctx, { stopOrderId, reason }: InputOf<typeof convertSpec>): Promise<OutputOf<typeof convertSpec>> {
    const { cards, stopOrders } = this.stores;
    const { order, card } = await lockApplied(ctx, stopOrders, cards, stopOrderId);
    await endCards(ctx, this.stores, [card], { to: 'ABOLISHED', reason });
    ctx.audit({ object: `stop-order:${stopOrderId}`, subjects: [order.personKey], facts: { state: 'CONVERTED_TO_ABOLISH', reason } });
    return { stopOrderId, cardSerial: card.cardSerial, state: 'CONVERTED_TO_ABOLISH' };
  }
}

/** The card first: every command on cards locks it before the order. */
async function lockApplied(ctx: Ctx, orders: StopOrderStore, cards: CardStore, stopOrderId: string): Promise<{ order: StopOrder; card: Card }> {
  const placed = found(await orders.find(ctx.db, stopOrderId));
  requireJurisdiction(ctx, placed.municipalityCode);
  const card = await cards.lock(ctx.db, placed.cardSerial);
  const order = await orders.lock(ctx.db, stopOrderId);
  if (card === undefined || order === undefined) throw platformProblems.refuse('NOT_FOUND');
  if (order.state !== 'APPLIED') throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: order.state } });
  return { order, card };
}

const letterSpec = useCase({
  action: 'card-issuance.stop-order.letter',
  kind: 'command',
  summary: 'The letter about a doubtful stop was sent to the registered address',
  input: z.strictObject({ stopOrderId: z.uuid() }),
  output: z.object({ stopOrderId: z.uuid(), letterDue: z.literal(false) }),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

/** Closes the letter task of a stop with low confidence. */
export class RecordStopLetter implements UseCase<typeof letterSpec> {
  readonly spec = letterSpec;

  constructor(private readonly orders: StopOrderStore) {}

  async execute(ctx: Ctx, { stopOrderId }: InputOf<typeof letterSpec>): Promise<OutputOf<typeof letterSpec>> {
    const order = found(await this.orders.find(ctx.db, stopOrderId));
    requireJurisdiction(ctx, order.municipalityCode);
    await this.orders.letterSent(ctx.db, stopOrderId);
    ctx.audit({ object: `stop-order:${stopOrderId}`, subjects: [order.personKey] });
    return { stopOrderId, letterDue: false };
  }
}

const dueSpec = useCase({
  action: 'card-issuance.stop-order.list-letters-due',
  kind: 'question',
  summary: 'Doubtful stops whose holder is still to be written to',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/), after: z.uuid().optional(), limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
  output: z.object({ items: z.array(z.object({ stopOrderId: z.uuid(), cardSerial: z.string(), personKey: z.uuid(), confidence: z.enum(['HIGH', 'LOW']) })), next: z.uuid().optional() }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

/** The letter tasks of a municipality. */
export class ListStopLettersDue implements UseCase<typeof dueSpec> {
  readonly spec = dueSpec;

  constructor(private readonly orders: StopOrderStore) {}

  async execute(ctx: Ctx, { municipalityCode, after, limit }: InputOf<typeof dueSpec>): Promise<OutputOf<typeof dueSpec>> {
    requireJurisdiction(ctx, municipalityCode);
    const rows = await this.orders.listLettersDue(ctx.db, { municipalityCode, after, limit });
    ctx.audit({ object: `stop-orders:${municipalityCode}`, subjects: rows.map((row) => row.personKey) });
    const items = rows.map(({ stopOrderId, cardSerial, personKey, confidence }) => ({ stopOrderId, cardSerial, personKey, confidence }));
    const last = rows.at(-1);
    return { items, ...(rows.length === limit && last !== undefined ? { next: last.stopOrderId } : {}) };
  }
}
