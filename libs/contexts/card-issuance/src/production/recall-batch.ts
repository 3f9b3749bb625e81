import { CARD_STATES } from '#contracts/card-issuance';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { CardState } from '../card/card.js';
import type { ProductionStore } from './production.store.js';
import { findBatch } from './require-batch.js';

const PLACES = ['MAKER', 'ON_THE_WAY', 'MUNICIPALITY', 'HOLDER', 'UNKNOWN', 'NOWHERE'] as const;

const spec = useCase({
  action: 'card-issuance.production-batch.recall',
  kind: 'question',
  summary: 'Every card that was ever in a batch: its state, where it is, its box and its municipality; ten thousand at once, page by page by record number',
  input: z.strictObject({ batchId: z.uuid(), after: z.coerce.number().int().min(0).max(2_147_483_647).default(0), limit: z.coerce.number().int().min(1).max(10_000).default(10_000) }),
  output: z.object({
    cards: z.array(z.object({ recordNo: z.number(), cardSerial: z.string(), state: z.enum(CARD_STATES), place: z.enum(PLACES), municipalityCode: z.string(), boxNo: z.string().nullable(), since: z.iso.datetime() })),
    next: z.number().optional(),
  }),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

const WHERE: Readonly<Record<CardState, (typeof PLACES)[number]>> = {
  ORDERED: 'MAKER', MANUFACTURED: 'MAKER', INSPECTED: 'MAKER', DEFECTIVE: 'MAKER', CANCELLED: 'NOWHERE', SHIPPED: 'ON_THE_WAY', MISSING: 'UNKNOWN',
  RECEIVED: 'MUNICIPALITY', PRESET: 'MUNICIPALITY', NOTIFIED: 'MUNICIPALITY', HANDING_OVER: 'MUNICIPALITY', UNCOLLECTED: 'MUNICIPALITY', COLLECTED: 'MUNICIPALITY',
  ACTIVE: 'HOLDER', SUSPENDED: 'HOLDER', EXPIRED: 'HOLDER', ABOLISHED: 'HOLDER', DESTROYED: 'NOWHERE', WITHHELD: 'UNKNOWN',
};

/** Where a card is; a withheld one is where its box was when the facts changed. */
export function placeOf(state: CardState, boxState: string | null): (typeof PLACES)[number] {
  if (state !== 'WITHHELD') return WHERE[state];
  if (boxState === null || boxState === 'PLANNED') return 'MAKER';
  return boxState === 'SHIPPED' ? 'ON_THE_WAY' : 'MUNICIPALITY';
}

/** The recall that the incident of 2016 lacked (CARD-4.12 Q13). */
export class RecallBatch implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly production: ProductionStore) {}

  async execute(ctx: Ctx, { batchId, after, limit }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    await findBatch(ctx, this.production, batchId);
    const rows = await this.production.recall(ctx.db, batchId, { after, limit });
    ctx.audit({ object: `production-batch:${batchId}`, facts: { recalled: rows.length } });
    const last = rows.at(-1);
    const cards = rows.map(({ boxState, since, ...card }) => ({ ...card, place: placeOf(card.state, boxState), since: since.toISOString() }));
    return { cards, ...(rows.length === limit && last !== undefined ? { next: last.recordNo } : {}) };
  }
}
