import { z } from 'zod';
import { issuingCentreProblems, settlementMade } from '#contracts/issuing-centre';
import { refusals, useCase, type Ctx, type InputOf, type OutputOf, type Schedule, type UseCase } from '#platform';
import { month, monthDue, monthOf } from './month.js';
import { differencesOf, netOf } from './settlement.js';
import type { SettlementStore } from './settlement.store.js';

const spec = useCase({
  action: 'issuing-centre.settlement.make',
  kind: 'command',
  summary: 'Settles a month that is over, again where journals came later',
  input: z.strictObject({ month }),
  output: z.object({ run: z.number().int(), lines: z.number().int(), differences: z.number().int(), netYen: z.number().int() }),
  refusals: refusals(issuingCentreProblems, 'SETTLEMENT_NOT_DUE'),
});

/** CARD-4.15. */
export class SettleMonth implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly store: SettlementStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    if (monthOf(input.month).until > ctx.now) throw issuingCentreProblems.refuse('SETTLEMENT_NOT_DUE');
    return settle(ctx, this.store, input.month);
  }
}

/** From the fifth of each month on, for the one before. */
export function settlementMonthly(store: SettlementStore): Schedule {
  return { name: 'settlement', due: monthDue, run: async (ctx, occasion) => void (await settle(ctx, store, occasion)) };
}

async function settle(ctx: Ctx, store: SettlementStore, text: string): Promise<OutputOf<typeof spec>> {
  const span = monthOf(text);
  const run = await store.begin(ctx.db, text, ctx.now);
  await store.writeLines(ctx.db, span);
  const unequal = await store.unequal(ctx.db, span);
  const found = unequal.flatMap((row) => {
    const { requestId, municipalityCode, operator } = row;
    return differencesOf(row, { kiosk: row.kioskCame, municipality: row.municipalityCame }).map((difference) => ({ requestId, municipalityCode, operator, ...difference }));
  });
  await store.writeDifferences(ctx.db, text, found);
  const lines = await store.lines(ctx.db, text, undefined);
  const made = { run, lines: lines.length, differences: found.length, netYen: lines.reduce((sum, line) => sum + netOf(line), 0) };
  ctx.emit(settlementMade, { aggregateId: text, sequence: run, data: { month: text, ...made } });
  ctx.audit({ object: `settlement:${text}`, facts: made });
  return made;
}
