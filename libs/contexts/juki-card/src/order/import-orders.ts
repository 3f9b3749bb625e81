import type { Readable } from 'node:stream';
import { z } from 'zod';
import { localDateInJapan } from '#kernel';
import { jukiCardProblems, orderMoved } from '#contracts/juki-card';
import { officerOf, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { requireBeforeCutOff } from '../commission/commission.js';
import type { CommissionStore } from '../commission/commission.store.js';
import { fileReport, readRows, reportOf, type NumberedRow, type RowError } from '../csv-rows.js';
import { ORDER_COLUMNS, readOrder, type OrderRow } from './order.js';
import type { OrderStore } from './order.store.js';

const spec = useCase({
  action: 'juki-card.order.import',
  kind: 'process',
  summary: `Orders juki cards (CSV ${ORDER_COLUMNS.join(',')}): good rows are ordered, each bad one is told. Harmless to repeat`,
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/) }),
  output: fileReport,
  refusals: [...refusals(jukiCardProblems, 'FILE_MALFORMED', 'NOT_COMMISSIONED', 'PAST_CUT_OFF'), ...refusals(platformProblems, 'BODY_TOO_LARGE', 'OUT_OF_JURISDICTION')],
});

/** CARD-4.14: a municipality orders under its commission until the last issuing day. */
export class ImportOrders implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly orders: OrderStore,
    private readonly commissions: CommissionStore,
  ) {}

  async execute(ctx: Ctx, { municipalityCode }: InputOf<typeof spec>, body?: Readable): Promise<OutputOf<typeof spec>> {
    requireJurisdiction(ctx, municipalityCode);
    const today = localDateInJapan(ctx.now);
    const read = await readRows(body, ORDER_COLUMNS, (fields) => {
      const row = readOrder(fields, today);
      return 'face' in row && row.municipalityCode !== municipalityCode ? { column: 'municipalityCode', code: 'NOT_YOURS' } : row;
    });
    const { errors, unchanged } = await ctx.transaction(async (own) => {
      requireBeforeCutOff(await this.commissions.issuingEnd(own.db), today);
      if (!(await this.commissions.isInForce(own.db, municipalityCode))) throw jukiCardProblems.refuse('NOT_COMMISSIONED');
      return this.order(own, municipalityCode, read.good);
    });
    return reportOf(read.count, unchanged, [...read.errors, ...errors]);
  }

  private async order(ctx: Ctx, municipalityCode: string, rows: readonly NumberedRow<OrderRow>[]): Promise<{ errors: RowError[]; unchanged: number }> {
    const firsts = new Map<string, NumberedRow<OrderRow>>();
    for (const numbered of rows) if (!firsts.has(numbered.row.orderNo)) firsts.set(numbered.row.orderNo, numbered);
    const added = await this.orders.add(ctx.db, [...firsts.values()].map(({ row }) => row), { person: officerOf(ctx), now: ctx.now });
    const fresh = new Set(added.map(({ orderNo }) => orderNo));
    const same = await this.orders.same(ctx.db, rows.map(({ row }) => row));
    for (const { orderId } of added) ctx.emit(orderMoved, { aggregateId: orderId, sequence: 1, data: { orderId, municipalityCode, state: 'REQUESTED' } });
    ctx.audit({ object: `orders:${municipalityCode}`, facts: { ordered: added.length } });
    const isKnown = ({ row }: NumberedRow<OrderRow>): boolean => same.has(row.orderNo) && JSON.stringify(firsts.get(row.orderNo)?.row) === JSON.stringify(row);
    const errors = rows.filter((numbered) => !isKnown(numbered)).map(({ line }) => ({ line, column: 'orderNo', code: 'ORDER_NO_USED' }));
    return { errors, unchanged: rows.filter((numbered) => isKnown(numbered) && !(fresh.has(numbered.row.orderNo) && firsts.get(numbered.row.orderNo) === numbered)).length };
  }
}
