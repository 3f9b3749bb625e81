import { z } from 'zod';
import { numberingProblems } from '#contracts/numbering';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { permittedBatch, type BatchStore } from './batch.store.js';

const spec = useCase({
  action: 'numbering.batch.confirm-receipt',
  kind: 'command',
  summary: 'The communication server of the municipality confirms that it has the result',
  input: z.strictObject({ batchId: z.uuid() }),
  output: z.object({ batchId: z.uuid(), state: z.literal('CONFIRMED') }),
  refusals: [...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'), ...refusals(numberingProblems, 'BATCH_NOT_DELIVERED')],
});

/** NUM-3.2: DELIVERED -> CONFIRMED. */
export class ConfirmReceipt implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly batches: BatchStore) {}

  async execute(ctx: Ctx, { batchId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const batch = permittedBatch(ctx, await this.batches.lock(ctx.db, batchId));
    if (batch.delivered_at === null) throw numberingProblems.refuse('BATCH_NOT_DELIVERED', { facts: { state: batch.state } });
    await this.batches.confirm(ctx.db, batchId, ctx.now);
    ctx.audit({ object: `batch:${batchId}` });
    return { batchId, state: 'CONFIRMED' };
  }
}
