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

/** Ends a locked card in use, with the stop order and the deadlines that were open for it (CARD-4.9). Refuses BAD_STATE. */
export async function endCard(ctx: Ctx, { cards, stopOrders, deadlines }: EndStores, card: Card, why: Why & { readonly to: 'ABOLISHED' | 'EXPIRED' }): Promise<Card> {
  const [ended] = await moveCards(ctx, cards, [card], why);
  await stopOrders.endOfCard(ctx.db, card.cardSerial, ctx.now);
  await deadlines.end(ctx.db, card.cardSerial, DEADLINE_KINDS, { outcome: why.reason ?? why.to, now: ctx.now });
  return ended ?? card;
}
