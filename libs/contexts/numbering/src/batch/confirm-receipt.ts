import { z } from 'zod';
import { candidateDelivered, numberingProblems } from '#contracts/numbering';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { stateOnDelivery } from '../assignment/assignment.js';
import { permittedBatch, type BatchRow, type BatchStore } from './batch.store.js';

const spec = useCase({
  action: 'numbering.batch.confirm-receipt',
  kind: 'command',
  summary: 'The communication server of the municipality confirms that it has the result, which designates its numbers (番号法施行令2条)',
  input: z.strictObject({ batchId: z.uuid() }),
  output: z.object({ batchId: z.uuid(), state: z.literal('CONFIRMED') }),
  refusals: [...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'), ...refusals(numberingProblems, 'BATCH_NOT_DELIVERED')],
});

/**
 * NUM-3.2: DELIVERED -> CONFIRMED. The numbers are designated when the mayor receives them (NUM-3.1). A result is fetched, and only who
 * fetched it knows that it came whole: so the receipt is its server's word, and reading alone is none.
 */
export class ConfirmReceipt implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly batches: BatchStore) {}

  async execute(ctx: Ctx, { batchId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const batch = permittedBatch(ctx, await this.batches.lock(ctx.db, batchId));
    if (batch.delivered_at === null) throw numberingProblems.refuse('BATCH_NOT_DELIVERED', { facts: { state: batch.state } });
    if (batch.confirmed_at === null) await this.receive(ctx, batch);
    return { batchId, state: 'CONFIRMED' };
  }

  private async receive(ctx: Ctx, { batch_id: batchId, municipality_code: municipalityCode, designated, repeated, withdrawn, designated_at: before }: BatchRow): Promise<void> {
    const [mode, count] = [stateOnDelivery(ctx.now), designated - repeated - withdrawn];
    await this.batches.confirm(ctx.db, batchId, { at: ctx.now, designated: mode === 'DESIGNATED' });
    // Numbers of a former release were designated and told when they were ready.
    if (before === null) ctx.emit(candidateDelivered, { aggregateId: batchId, sequence: 1, data: { batchId, municipalityCode, count, mode } });
    ctx.audit({ object: `batch:${batchId}`, facts: { count, mode } });
  }
}
