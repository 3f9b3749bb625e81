import type { Ctx } from '#platform';
import type { StopOrderStore } from '../stop-order/stop-order.store.js';
import type { Card } from './card.js';
import type { CardStore } from './card.store.js';
import { DEADLINE_KINDS } from './continued-use.js';
import type { DeadlineStore } from './deadline.store.js';
import { moveCards, type Why } from './move-cards.js';

/** What ends with a card. */
export interface EndStores {
  readonly cards: CardStore;
  readonly stopOrders: StopOrderStore;
  readonly deadlines: DeadlineStore;
}

/** Ends locked cards in use, with the stop orders and the deadlines that were open for them (CARD-4.9). Refuses BAD_STATE for any of them. */
export async function endCards(ctx: Ctx, { cards, stopOrders, deadlines }: EndStores, ending: readonly Card[], why: Why & { readonly to: 'ABOLISHED' | 'EXPIRED' }): Promise<Card[]> {
  const serials = ending.map((card) => card.cardSerial);
  await stopOrders.endOfCards(ctx.db, serials, ctx.now);
  await deadlines.end(ctx.db, serials, DEADLINE_KINDS, { outcome: why.reason ?? why.to, now: ctx.now });
  return moveCards(ctx, cards, ending, why);
}
