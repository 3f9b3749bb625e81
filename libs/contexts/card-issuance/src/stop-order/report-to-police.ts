import { found, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { StopOrderStore } from './stop-order.store.js';

const spec = useCase({
  action: 'card-issuance.stop-order.report', kind: 'command', summary: 'The police took a report of the loss; a card that was lost outside of the home is made anew only with its number',
  input: z.strictObject({ stopOrderId: z.uuid(), station: z.string().min(1).max(60).refine((text) => text === text.normalize('NFC'), { params: { code: 'NFC' } }), number: z.string().regex(/^[0-9A-Z-]{1,30}$/) }),
  output: z.object({ stopOrderId: z.uuid(), reported: z.literal(true) }), refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

/** The police report (CARD-4.9); kept encrypted. */
export class RecordPoliceReport implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly orders: StopOrderStore) {}

  async execute(ctx: Ctx, { stopOrderId, station, number }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const order = found(await this.orders.lock(ctx.db, stopOrderId));
    requireJurisdiction(ctx, order.municipalityCode);
    await this.orders.setPoliceReport(ctx.db, stopOrderId, { station, number });
    ctx.audit({ object: `stop-order:${stopOrderId}`, subjects: [order.personKey], facts: { policeReport: true } });
    return { stopOrderId, reported: true };
  }
}
