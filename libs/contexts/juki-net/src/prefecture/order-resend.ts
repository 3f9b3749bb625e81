import { jukiNetProblems, resendOrdered, resendOrderEnded } from '#contracts/juki-net';
import { municipalityCodeFault } from '#kernel';
import { platformProblems, refusals, requireJurisdiction, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { orderFault, RESEND_GROUNDS, RESEND_HOURS, RESEND_STATES, withdrawalFault } from './resend-order.js';
import type { ResendOrderStore } from './resend-order.store.js';

const HOUR_MS = 3_600_000;
const municipalityCode = z.string().refine((text) => municipalityCodeFault(text) === undefined, { params: { code: 'CHECK_DIGIT' } });
const seq = z.number().int().min(1).max(999_999_999_999_999);

const orderSpec = useCase({
  action: 'juki-net.resend-order.give',
  kind: 'command',
  summary: 'The prefecture orders a municipality to send a range of its notices again; it is fulfilled when every number of it has come',
  input: z.strictObject({ municipalityCode, firstSeq: seq.describe('`municipalSeq` of the first notice'), lastSeq: seq, ground: z.enum(RESEND_GROUNDS) }),
  output: z.object({ orderId: z.uuid(), dueAt: z.string() }),
  refusals: [...refusals(jukiNetProblems, 'RESEND_ORDERED', 'RESEND_RANGE'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION')],
});

export class OrderResend implements UseCase<typeof orderSpec> {
  readonly spec = orderSpec;
  constructor(private readonly orders: ResendOrderStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof orderSpec>): Promise<OutputOf<typeof orderSpec>> {
    requireJurisdiction(ctx, input.municipalityCode);
    const fault = orderFault(input, await this.orders.lockOpen(ctx.db, input.municipalityCode));
    if (fault !== undefined) throw jukiNetProblems.refuse(fault);
    const orderId = uuidv7();
    const dueAt = new Date(ctx.now.getTime() + RESEND_HOURS * HOUR_MS);
    await this.orders.add(ctx.db, { orderId, ...input, orderedAt: ctx.now, dueAt });
    ctx.emit(resendOrdered, { aggregateId: orderId, sequence: 1, data: { orderId, ...input, dueAt: dueAt.toISOString() } });
    ctx.audit({ object: `resend-order:${orderId}`, facts: { ...input } });
    return { orderId, dueAt: dueAt.toISOString() };
  }
}

const withdrawSpec = useCase({
  action: 'juki-net.resend-order.withdraw',
  kind: 'command',
  summary: 'Withdraws an order whose notices will not come, such as numbers that the municipality never gave',
  input: z.strictObject({ orderId: z.uuid() }),
  output: z.object({ orderId: z.uuid(), state: z.literal('WITHDRAWN') }),
  refusals: [...refusals(jukiNetProblems, 'RESEND_STATE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

export class WithdrawResendOrder implements UseCase<typeof withdrawSpec> {
  readonly spec = withdrawSpec;
  constructor(private readonly orders: ResendOrderStore) {}

  async execute(ctx: Ctx, { orderId }: InputOf<typeof withdrawSpec>): Promise<OutputOf<typeof withdrawSpec>> {
    const order = await this.orders.lock(ctx.db, orderId);
    if (order === undefined) throw platformProblems.refuse('NOT_FOUND');
    requireJurisdiction(ctx, order.municipalityCode);
    const fault = withdrawalFault(order.state);
    if (fault !== undefined) throw jukiNetProblems.refuse(fault, { facts: { state: order.state } });
    await this.orders.withdraw(ctx.db, orderId, ctx.now);
    const { firstSeq, lastSeq } = order;
    ctx.emit(resendOrderEnded, { aggregateId: orderId, sequence: 2, data: { orderId, municipalityCode: order.municipalityCode, firstSeq, lastSeq, state: 'WITHDRAWN' } });
    ctx.audit({ object: `resend-order:${orderId}`, facts: { state: 'WITHDRAWN', arrived: order.arrived } });
    return { orderId, state: 'WITHDRAWN' };
  }
}

const listSpec = useCase({
  action: 'juki-net.resend-order.list',
  kind: 'question',
  summary: 'Orders to a municipality to send notices again, in the order given, page by page',
  input: z.object({ municipalityCode, after: z.uuid().default('00000000-0000-0000-0000-000000000000'), limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
  output: z.object({
    items: z.array(z.object({
      orderId: z.uuid(), firstSeq: z.number(), lastSeq: z.number(), ground: z.enum(RESEND_GROUNDS), state: z.enum(RESEND_STATES), arrived: z.number(),
      orderedAt: z.string(), dueAt: z.string(), overdue: z.boolean(),
    })),
    next: z.uuid().optional().describe('`after` of the next page'),
  }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

export class ListResendOrders implements UseCase<typeof listSpec> {
  readonly spec = listSpec;
  constructor(private readonly orders: ResendOrderStore) {}

  async execute(ctx: Ctx, { municipalityCode: code, ...page }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    requireJurisdiction(ctx, code);
    const orders = await this.orders.page(ctx.db, code, page);
    const last = orders.at(-1);
    return {
      items: orders.map(({ municipalityCode: _code, orderedAt, dueAt, ...order }) => (
        { ...order, orderedAt: orderedAt.toISOString(), dueAt: dueAt.toISOString(), overdue: order.state === 'OPEN' && ctx.now > dueAt })),
      ...(orders.length < page.limit || last === undefined ? {} : { next: last.orderId }),
    };
  }
}
