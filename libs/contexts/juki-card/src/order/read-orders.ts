import { z } from 'zod';
import { localDateInJapan } from '#kernel';
import { ORDER_STATES } from '#contracts/juki-card';
import { nextOf, pageLimit, platformProblems, refusals, requireJurisdiction, useCase, type BinaryAnswer, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { cardStateOn, ORDER_COLUMNS } from './order.js';
import type { OrderStore } from './order.store.js';

const after = z.string().max(20).default('');

const listSpec = useCase({
  action: 'juki-card.order.list',
  kind: 'question',
  summary: 'Orders of a municipality with their state, and whether a card that was handed over is still valid; nothing about people',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/), state: z.enum(ORDER_STATES).optional(), after, limit: pageLimit }),
  output: z.object({
    items: z.array(z.object({
      orderNo: z.string(), type: z.enum(['A', 'B']), state: z.enum(ORDER_STATES), reason: z.string().nullable(), cardNo: z.string().nullable(), expiry: z.string(), cardState: z.enum(['VALID', 'EXPIRED', 'SURRENDERED']).optional(),
    })),
    next: z.string().optional(),
  }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

export class ListOrders implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly orders: OrderStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    requireJurisdiction(ctx, input.municipalityCode);
    const today = localDateInJapan(ctx.now);
    const page = await this.orders.list(ctx.db, { ...input, state: input.state });
    const items = page.map((order) => {
      const { orderNo, type, state, reason, cardNo, expiry } = order;
      return { orderNo, type, state, reason, cardNo, expiry, ...(state === 'HANDED_OVER' ? { cardState: cardStateOn(order, today) } : {}) };
    });
    return { items, ...nextOf(page, input.limit, (last) => last.orderNo) };
  }
}

const fileSpec = useCase({
  action: 'juki-card.order.read-file',
  kind: 'question',
  summary: `Accepted orders for the maker (CSV ${ORDER_COLUMNS.join(',')}), by rising order number; the next file goes on after the last one`,
  input: z.strictObject({ after, limit: pageLimit }),
  output: z.custom<BinaryAnswer>(),
  refusals: [],
});

/** CARD-4.14: the order file. */
export class ReadOrderFile implements UseCase<typeof fileSpec> {
  readonly spec = fileSpec;

  constructor(private readonly orders: OrderStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof fileSpec>): Promise<BinaryAnswer> {
    const orders = await this.orders.toPrint(ctx.db, input.after, input.limit);
    const lines = orders.map(({ orderNo, municipalityCode, type, face, expiry }) => [orderNo, municipalityCode, type, face.nameFace, face.addressFace, face.birthYmd, face.sex, face.photoRef, expiry]);
    ctx.audit({ object: 'order-file', facts: { orders: orders.length, first: orders[0]?.orderNo ?? '', last: orders.at(-1)?.orderNo ?? '' } });
    return { contentType: 'text/csv; charset=utf-8', body: Buffer.from([ORDER_COLUMNS, ...lines].map((fields) => `${fields.map(quoted).join(',')}\r\n`).join('')) };
  }
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
