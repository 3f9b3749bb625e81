import { localDateInJapan } from '#kernel';
import { cardActivated } from '#contracts/card-issuance';
import { cardSurrendered } from '#contracts/juki-card';
import { onEvent, type EventHandler } from '#platform';
import type { OrderStore } from '../order/order.store.js';

/** The juki card is handed back for the number card (Number Act supplementary provisions; CARD-4.14). */
export function onCardActivated(orders: OrderStore): EventHandler {
  return onEvent(cardActivated, async (ctx, { data: { personKey } }) => {
    const today = localDateInJapan(ctx.now);
    for (const { orderId, municipalityCode, version } of await orders.surrender(ctx.db, personKey, today, ctx.now)) {
      ctx.emit(cardSurrendered, { aggregateId: orderId, sequence: version, data: { orderId, municipalityCode, surrenderedOn: today } });
      ctx.audit({ object: `order:${orderId}`, subjects: [personKey], facts: { card: 'SURRENDERED' } });
    }
  });
}
