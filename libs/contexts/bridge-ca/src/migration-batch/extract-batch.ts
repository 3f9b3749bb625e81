import { z } from 'zod';
import { bridgeCaProblems } from '#contracts/bridge-ca';
import { platformProblems, queueJob, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { batchId, byBatch, detachedSignature, lockedBatch, requireSignature, stepped } from './batch-view.js';
import { LOAD_BATCH } from './load-batch.js';
import type { BatchStore } from './migration-batch.store.js';

const spec = useCase({
  action: 'bridge-ca.migration-batch.extract',
  kind: 'command',
  summary: 'Seals the extraction with the prefecture\'s detached signature over the file as it was sent, and has the records loaded',
  input: byBatch.extend({ signature: detachedSignature.describe('CMS SignedData without content, DER') }),
  output: z.object({ batchId, state: z.literal('EXTRACTED'), jobId: z.uuid() }),
  refusals: [...refusals(bridgeCaProblems, 'NOT_IN_STATE', 'SIGNATURE_INVALID', 'UPLOAD_INCOMPLETE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** JPKI-3.12: PLANNED -> EXTRACTED. */
export class ExtractBatch implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly batches: BatchStore) {}

  async execute(ctx: Ctx, { batchId: id, signature }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const batch = await lockedBatch(ctx, this.batches, id);
    if (batch.fileSha256 === null || batch.listAt === null) throw bridgeCaProblems.refuse('UPLOAD_INCOMPLETE');
    const extracted = stepped(batch, 'EXTRACT');
    requireSignature(batch, signature, batch.fileSha256);
    const jobId = await queueJob(ctx, LOAD_BATCH, { batchId: id });
    await this.batches.save(ctx.db, { ...extracted, jobId }, ctx.now);
    ctx.audit({ object: `migration-batch:${id}`, facts: { from: batch.state, to: extracted.state } });
    return { batchId: id, state: 'EXTRACTED', jobId };
  }
}
