import { queueJob, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { ProductionStore } from './production.store.js';

const spec = useCase({
  action: 'card-issuance.production-batch.open',
  kind: 'command',
  summary: 'Opens a production batch; a job fills it with approved applications, of a municipality or as listed',
  input: z.strictObject({ maker: z.string().min(1).max(64), municipalityCode: z.string().regex(/^\d{6}$/).optional(), applicationIds: z.array(z.string().regex(/^\d{23}$/)).min(1).max(1_000).optional() }),
  output: z.object({ batchId: z.uuid(), jobId: z.uuid() }),
  refusals: [],
});

/** The begin of a batch (CARD-3.4). */
export class OpenBatch implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly production: ProductionStore) {}

  async execute(ctx: Ctx, { maker, municipalityCode, applicationIds }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const batchId = uuidv7();
    await this.production.open(ctx.db, { batchId, maker, municipalityCode }, ctx.now);
    const jobId = await queueJob(ctx, 'fill-production-batch', { batchId, ...(municipalityCode === undefined ? {} : { municipalityCode }), ...(applicationIds === undefined ? {} : { applicationIds }) });
    ctx.audit({ object: `production-batch:${batchId}`, facts: { maker } });
    return { batchId, jobId };
  }
}
