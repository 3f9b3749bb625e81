import { z } from 'zod';
import { characterFault } from '#kernel';
import { jukiCardProblems } from '#contracts/juki-card';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type UseCase } from '#platform';
import { moveOrders } from './move-orders.js';
import { requireMove, type MovedOrderState } from './order.js';
import type { OrderStore } from './order.store.js';

const reason = z.string().min(1).max(200).refine((text) => characterFault(text) === undefined, { params: { code: 'CHARACTER' } });
const orderNos = z.array(z.string().max(20)).min(1).max(1_000).refine((list) => new Set(list).size === list.length, { params: { code: 'DUPLICATE' } });

const STEPS = {
  ACCEPTED: { verb: 'accept', summary: 'The agency accepts orders: the maker gets them', input: z.strictObject({ orderNos }) },
  RECEIVED: { verb: 'receive', summary: 'Shipped cards are at their municipality', input: z.strictObject({ orderNos }) },
  RETURNED_DEFECTIVE: { verb: 'return-defective', summary: 'Received cards go back with a defect', input: z.strictObject({ orderNos, reason }) },
  CANCELLED: { verb: 'cancel', summary: 'Orders that will not be finished are cancelled, with a reason', input: z.strictObject({ orderNos, reason }) },
} as const satisfies Partial<Record<MovedOrderState, { verb: string; summary: string; input: z.ZodType }>>;
export type OrderStep = keyof typeof STEPS;

const specOf = (step: OrderStep) =>
  useCase({
    action: `juki-card.order.${STEPS[step].verb}`,
    kind: 'command',
    summary: `${STEPS[step].summary}; all of them or none`,
    input: STEPS[step].input as z.ZodType<{ orderNos: string[]; reason?: string }>,
    output: z.object({ moved: z.int() }),
    refusals: [...refusals(jukiCardProblems, 'BAD_STATE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
  });

/** One step of orders of one institution (CARD-3.8). */
export class StepOrders implements UseCase<ReturnType<typeof specOf>> {
  readonly spec: ReturnType<typeof specOf>;

  constructor(
    private readonly orders: OrderStore,
    private readonly step: OrderStep,
  ) {
    this.spec = specOf(step);
  }

  async execute(ctx: Ctx, input: { readonly orderNos: readonly string[]; readonly reason?: string }): Promise<{ moved: number }> {
    const orders = await this.orders.lock(ctx.db, input.orderNos);
    if (orders.length < input.orderNos.length) throw platformProblems.refuse('NOT_FOUND');
    for (const order of orders) {
      requireJurisdiction(ctx, order.municipalityCode);
      requireMove(order, this.step);
    }
    await moveOrders(ctx, this.orders, orders.map((order) => ({ order, to: this.step })), input.reason);
    return { moved: orders.length };
  }
}
