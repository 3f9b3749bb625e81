import { localDateInJapan } from '#kernel';
import type { Schedule } from '#platform';
import { endCommissions } from './commission/change-commission.js';
import type { CommissionStore } from './commission/commission.store.js';
import { moveOrders } from './order/move-orders.js';
import type { OrderStore } from './order/order.store.js';

const CHUNK = 1_000;

/**
 * From the first day of the number card on: commissions end, and orders that nobody has begun are cancelled (CARD-3.8, 4.14). What is being made is
 * finished, or cancelled by people with a reason.
 */
export function cutOff(commissions: CommissionStore, orders: OrderStore): Schedule {
  return {
    name: 'juki-card-cut-off',
    due: (_last, now) => now.toISOString(),
    hasWork: async (ctx) => {
      const { numberCardStart } = await commissions.issuingEnd(ctx.db);
      return localDateInJapan(ctx.now) >= numberCardStart && (await orders.isAnythingOpen(ctx.db));
    },
    run: async (ctx) => {
      await endCommissions(ctx, commissions, undefined);
      const requested = await orders.lockRequested(ctx.db, CHUNK);
      await moveOrders(ctx, orders, requested.map((order) => ({ order, to: 'CANCELLED' as const })), 'CUT_OFF');
    },
  };
}
