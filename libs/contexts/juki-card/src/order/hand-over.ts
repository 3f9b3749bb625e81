import { z } from 'zod';
import { ResidentCode } from '#kernel';
import { jukiCardProblems } from '#contracts/juki-card';
import { resolveCodes } from '#contracts/juki-net';
import { found, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type Peers, type UseCase } from '#platform';
import { moveOrders } from './move-orders.js';
import { requireMove } from './order.js';
import type { OrderStore } from './order.store.js';

const spec = useCase({
  action: 'juki-card.order.hand-over',
  kind: 'process',
  summary: 'A received card was handed over to the resident whose code is in its chip; repeated after a lost answer it is BAD_STATE',
  input: z.strictObject({ orderNo: z.string().max(20), residentCode: z.string().refine((code) => ResidentCode.fault(code) === undefined, { params: { code: 'CHECK_DIGIT' } }) }),
  output: z.object({ state: z.literal('HANDED_OVER') }),
  refusals: [...refusals(jukiCardProblems, 'BAD_STATE', 'UNKNOWN_RESIDENT'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION', 'UNAVAILABLE')],
});

/** CARD-3.8. From here the card has a person, so that it ends when that person gets a number card. */
export class HandOver implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly orders: OrderStore,
    private readonly peers: Peers,
  ) {}

  async execute(ctx: Ctx, { orderNo, residentCode }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const call = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'JUKI_CARD' };
    const { entries: [person] } = await this.peers.call(resolveCodes, call, { residentCodes: [residentCode] });
    return ctx.transaction(async (own) => {
      const [locked] = await this.orders.lock(own.db, [orderNo]);
      const order = found(locked);
      requireJurisdiction(own, order.municipalityCode);
      requireMove(order, 'HANDED_OVER');
      if (person?.found !== true || person.municipalityCode !== order.municipalityCode) throw jukiCardProblems.refuse('UNKNOWN_RESIDENT');
      await moveOrders(own, this.orders, [{ order, to: 'HANDED_OVER', personKey: person.personKey }]);
      own.audit({ object: `order:${order.orderId}`, subjects: [person.personKey] });
      return { state: 'HANDED_OVER' as const };
    });
  }
}
