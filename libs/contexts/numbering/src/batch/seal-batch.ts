import { z } from 'zod';
import { numberingProblems } from '#contracts/numbering';
import { findJob, platformProblems, queueJob, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { WaveGate } from '../wave/wave-gate.js';
import { NUMBER_BATCH } from './number-batch.js';
import { permittedBatch, type BatchRow, type BatchStore } from './batch.store.js';

const spec = useCase({
  action: 'numbering.batch.seal',
  kind: 'command',
  summary: 'Seals a batch and has its numbers drawn; repeated, it resumes a batch that is suspended or whose job has failed',
  input: z.strictObject({
    batchId: z.uuid(),
    lineCount: z.number().int().min(1),
    sha256: z.string().regex(/^[0-9a-f]{64}$/).describe('SHA-256 of the uploaded bytes, hex'),
  }),
  output: z.object({ batchId: z.uuid(), state: z.string(), jobId: z.string() }),
  refusals: [...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'), ...refusals(numberingProblems, 'COUNT_MISMATCH', 'HASH_MISMATCH', 'NOT_IN_WAVE', 'SEALED', 'UPLOAD_INCOMPLETE', 'WAVE_BLOCKED', 'WAVE_HALTED')],
});

/** NUM-3.2: OPEN -> SEALED, if what arrived is what the mayor sent. */
export class SealBatch implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly batches: BatchStore,
    private readonly waves: WaveGate,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { batchId, lineCount, sha256 } = input;
    const batch = permittedBatch(ctx, await this.batches.lock(ctx.db, batchId));
    if (batch.lines === null || batch.sha256 === null) throw numberingProblems.refuse('UPLOAD_INCOMPLETE');
    if (batch.lines !== lineCount) throw numberingProblems.refuse('COUNT_MISMATCH', { facts: { lines: batch.lines } });
    if (batch.sha256 !== sha256) throw numberingProblems.refuse('HASH_MISMATCH');
    const running = await this.runningJob(ctx, batch);
    if (running !== undefined) return { batchId, state: batch.state, jobId: running };
    await this.waves.admit(ctx, { batchId, municipalityCode: batch.municipality_code });
    const jobId = await queueJob(ctx, NUMBER_BATCH, { batchId });
    await this.batches.seal(ctx.db, batchId, { jobId, at: ctx.now });
    ctx.audit({ object: `batch:${batchId}`, facts: { lines: lineCount } });
    return { batchId, state: 'SEALED', jobId };
  }

  private async runningJob(ctx: Ctx, batch: BatchRow): Promise<string | undefined> {
    if (batch.state === 'OPEN' || batch.state === 'SUSPENDED' || batch.job_id === null) return undefined;
    const job = await findJob(ctx.db, batch.job_id);
    return job?.state === 'FAILED' || job?.state === 'CANCELLED' ? undefined : batch.job_id;
  }
}
