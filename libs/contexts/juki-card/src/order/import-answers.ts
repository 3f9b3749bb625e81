import type { Readable } from 'node:stream';
import { z } from 'zod';
import { localDateInJapan } from '#kernel';
import { jukiCardProblems } from '#contracts/juki-card';
import { platformProblems, refusals, useCase, type Ctx, type OutputOf, type UseCase } from '#platform';
import { fileReport, readRows, reportOf, type NumberedRow, type RowError } from '../csv-rows.js';
import { moveOrders } from './move-orders.js';
import { ANSWER_COLUMNS, mayFollow, readAnswer, type AnswerRow } from './order.js';
import type { Order, OrderMove, OrderStore } from './order.store.js';

const spec = useCase({
  action: 'juki-card.order.import-answers',
  kind: 'process',
  summary: `What the maker has printed and shipped (CSV ${ANSWER_COLUMNS.join(',')}; PRINTED, SHIPPED), in any order: good rows count, each bad one is told. Harmless to repeat`,
  input: z.strictObject({}),
  output: fileReport,
  refusals: [...refusals(jukiCardProblems, 'FILE_MALFORMED'), ...refusals(platformProblems, 'BODY_TOO_LARGE')],
});

/** CARD-4.14: the answer to orders. What is shipped was printed, whether that was told or not. */
export class ImportAnswers implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly orders: OrderStore) {}

  async execute(ctx: Ctx, _input: object, body?: Readable): Promise<OutputOf<typeof spec>> {
    const today = localDateInJapan(ctx.now);
    const read = await readRows(body, ANSWER_COLUMNS, (fields) => readAnswer(fields, today));
    const { errors, unchanged } = await ctx.transaction((own) => this.take(own, read.good));
    return reportOf(read.count, unchanged, [...read.errors, ...errors]);
  }

  private async take(ctx: Ctx, rows: readonly NumberedRow<AnswerRow>[]): Promise<{ errors: RowError[]; unchanged: number }> {
    const known = new Map((await this.orders.lock(ctx.db, rows.map(({ row }) => row.orderNo))).map((order) => [order.orderNo, order]));
    const used = await this.orders.cardNosInUse(ctx.db, rows.map(({ row }) => row.cardNo));
    const rounds: OrderMove[][] = [[], []];
    const errors: RowError[] = [];
    let unchanged = 0;
    // What is printed comes first, in whatever order the rows are: an order moves once a round.
    for (const { line, row } of rows.toSorted((a, b) => a.row.status.localeCompare(b.row.status))) {
      const order = known.get(row.orderNo);
      const fault = order === undefined ? { column: 'orderNo', code: 'UNKNOWN_ORDER' } : faultOf(order, row, used);
      if (fault === 'UNCHANGED') unchanged += 1;
      if (fault !== undefined && fault !== 'UNCHANGED') errors.push({ line, ...fault });
      if (fault !== undefined || order === undefined) continue;
      used.add(row.cardNo);
      known.set(row.orderNo, this.plan(rounds, order, row));
    }
    for (const moves of rounds) await moveOrders(ctx, this.orders, moves);
    return { errors, unchanged };
  }

  /** The order as it will be. */
  private plan([printed, shipped]: OrderMove[][], order: Order, { cardNo, status, shippedOn }: AnswerRow): Order {
    let next = order;
    if (next.state === 'ACCEPTED') {
      printed?.push({ order: next, to: 'PRINTED', cardNo });
      next = { ...next, state: 'PRINTED', cardNo, version: next.version + 1 };
    }
    if (status === 'SHIPPED') {
      shipped?.push({ order: next, to: 'SHIPPED', shippedOn });
      next = { ...next, state: 'SHIPPED', version: next.version + 1 };
    }
    return next;
  }
}

function faultOf(order: Order, row: AnswerRow, used: ReadonlySet<string>): Omit<RowError, 'line'> | 'UNCHANGED' | undefined {
  if (order.cardNo !== null && order.cardNo !== row.cardNo) return { column: 'cardNo', code: 'OTHER_CARD' };
  if (order.cardNo === null && used.has(row.cardNo)) return { column: 'cardNo', code: 'CARD_NO_USED' };
  if (order.cardNo === row.cardNo && !mayFollow(order.state, row.status) && order.state !== 'CANCELLED') return 'UNCHANGED';
  const reaches = mayFollow(order.state, row.status) || (row.status === 'SHIPPED' && order.state === 'ACCEPTED');
  return reaches ? undefined : { column: 'status', code: 'BAD_STATE' };
}
