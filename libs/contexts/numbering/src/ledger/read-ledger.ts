import { z } from 'zod';
import { useCase, type Ctx, type OutputOf, type UseCase } from '#platform';
import { missingOf, type DrawingGate } from './drawing-gate.js';
import { compareHeads } from './ledger-head.js';

const count = z.number().int();

const spec = useCase({
  action: 'numbering.ledger.read',
  kind: 'question',
  summary: 'Whether numbers are drawn, or why not, and how many numbers a restored ledger lacks',
  input: z.object({}),
  output: z.object({ state: z.enum(['OPEN', 'BEHIND', 'HALTED']), drawn: count, missing: count, neverIssued: count, haltedByRun: z.uuid().optional() }),
  refusals: [],
});

/** NUM-7. */
export class ReadLedger implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly gate: DrawingGate) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof spec>> {
    const heads = await this.gate.read(ctx.db);
    const haltedByRun = await this.gate.heads.haltingRun(ctx.db);
    const behind = compareHeads(heads.own, heads.kept) === 'BEHIND';
    const { drawn, neverIssued } = heads.own;
    return { state: behind ? 'BEHIND' : haltedByRun === undefined ? 'OPEN' : 'HALTED', drawn, missing: missingOf(heads), neverIssued, ...(haltedByRun === undefined ? {} : { haltedByRun }) };
  }
}
