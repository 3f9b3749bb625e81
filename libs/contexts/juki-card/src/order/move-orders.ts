import { orderMoved } from '#contracts/juki-card';
import { officerOf, type Ctx } from '#platform';
import type { OrderMove, OrderStore } from './order.store.js';

/** Moves orders that the caller has locked and may move, each with its event (CARD-3.8). */
export async function moveOrders(ctx: Ctx, orders: OrderStore, moves: readonly OrderMove[], reason?: string): Promise<void> {
  if (moves.length === 0) return;
  await orders.move(ctx.db, moves, { reason, person: officerOf(ctx), now: ctx.now });
  for (const { order: { orderId, municipalityCode, version }, to } of moves) {
    ctx.emit(orderMoved, { aggregateId: orderId, sequence: version + 1, data: { orderId, municipalityCode, state: to, ...(reason === undefined ? {} : { reason }) } });
    ctx.audit({ object: `order:${orderId}`, facts: { to } });
  }
}
