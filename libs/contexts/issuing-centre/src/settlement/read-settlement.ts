import { z } from 'zod';
import { found, platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { month } from './month.js';
import { DIFFERENCE_KINDS, settlementCsv } from './settlement.js';
import type { SettlementStore } from './settlement.store.js';

const MOST_DIFFERENCES = 10_000;

const csvSpec = useCase({
  action: 'issuing-centre.settlement.read',
  kind: 'question',
  summary: 'The settlement of a month, CSV; municipalities and operators see their own lines',
  input: z.strictObject({ month }),
  output: z.custom<BinaryAnswer>(),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

/** CARD-5. */
export class ReadSettlement implements UseCase<typeof csvSpec> {
  readonly spec = csvSpec;

  constructor(private readonly store: SettlementStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof csvSpec>): Promise<BinaryAnswer> {
    found(await this.store.run(ctx.db, input.month));
    ctx.audit({ object: `settlement:${input.month}` });
    return { contentType: 'text/csv; charset=utf-8', body: Buffer.from(settlementCsv(input.month, await this.store.lines(ctx.db, input.month, partyOf(ctx)))) };
  }
}

const differenceSpec = useCase({
  action: 'issuing-centre.settlement.list-differences',
  kind: 'question',
  summary: 'Where kiosk, centre and municipality differ in a month, request by request',
  input: z.strictObject({ month }),
  output: z.object({
    run: z.number().int(), total: z.number().int(),
    items: z.array(z.object({
      requestId: z.string(), kind: z.enum(DIFFERENCE_KINDS), municipalityCode: z.string().nullable(), operator: z.string().nullable(), centre: z.number().int().nullable(), stated: z.number().int().nullable(),
    })),
  }),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

/** CARD-4.15. */
export class ListDifferences implements UseCase<typeof differenceSpec> {
  readonly spec = differenceSpec;

  constructor(private readonly store: SettlementStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof differenceSpec>): Promise<OutputOf<typeof differenceSpec>> {
    const { run, differences: total } = found(await this.store.run(ctx.db, input.month));
    ctx.audit({ object: `settlement:${input.month}`, facts: { differences: total } });
    return { run, total, items: await this.store.differences(ctx.db, input.month, partyOf(ctx), MOST_DIFFERENCES) };
  }
}

function partyOf({ actor, permission }: Ctx): string | undefined {
  return permission.scope === 'nation' ? undefined : actor.organisation;
}
