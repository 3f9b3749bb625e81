import { z } from 'zod';
import { v7 as uuidv7 } from 'uuid';
import { requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { BatchStore } from './batch.store.js';

const spec = useCase({
  action: 'numbering.batch.open',
  kind: 'command',
  summary: 'Opens a batch of generation requests',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/) }),
  output: z.object({ batchId: z.uuid(), municipalityCode: z.string(), state: z.string() }),
  refusals: [],
});

export class OpenBatch implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly batches: BatchStore) {}

  async execute(ctx: Ctx, { municipalityCode }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    requireJurisdiction(ctx, municipalityCode);
    const batchId = uuidv7();
    await this.batches.open(ctx.db, { batchId, municipalityCode, at: ctx.now });
    ctx.audit({ object: `batch:${batchId}` });
    return { batchId, municipalityCode, state: 'OPEN' };
  }
}
