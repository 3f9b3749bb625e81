import { localDateInJapan, municipalityCodeFault } from '#kernel';
import { platformProblems, queueJob, refusals, requireJurisdiction, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { BUCKETS } from './reconciliation.js';
import type { ReconciliationStore } from './reconciliation.store.js';

export const RECONCILIATION_JOB = 'juki-net.reconciliation';
/** Records in a bucket: more than twice those of the largest city. */
const MOST_IN_BUCKET = 100_000;

const spec = useCase({
  action: 'juki-net.reconciliation.open',
  kind: 'command',
  summary: 'Opens a reconciliation (整合性確認) with the digests of the municipality’s 100 buckets; a run of it under way is abandoned',
  input: z.strictObject({
    municipalityCode: z.string().refine((text) => municipalityCodeFault(text) === undefined, { params: { code: 'CHECK_DIGIT' } }),
    buckets: z.array(z.strictObject({ digest: z.string().regex(/^[0-9a-f]{64}$/), count: z.number().int().min(0).max(MOST_IN_BUCKET) })).length(BUCKETS)
      .describe('by the first two digits of the resident code, from 00: SHA-256 of the bucket and its records'),
  }),
  output: z.object({ runId: z.uuid(), jobId: z.uuid(), asOf: z.string() }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

/** The municipality compares from its side upward (JUKI-4.6); the register's side is a job. */
export class OpenReconciliation implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly runs: ReconciliationStore) {}

  async execute(ctx: Ctx, { municipalityCode, buckets }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    requireJurisdiction(ctx, municipalityCode);
    await this.runs.abandon(ctx.db, municipalityCode);
    const runId = uuidv7();
    const asOf = localDateInJapan(ctx.now);
    const jobId = await queueJob(ctx, RECONCILIATION_JOB, { runId });
    await this.runs.add(ctx.db, { runId, municipalityCode, asOf, jobId, openedAt: ctx.now }, buckets);
    ctx.audit({ object: `reconciliation:${runId}`, facts: { municipalityCode, records: buckets.reduce((sum, { count }) => sum + count, 0) } });
    return { runId, jobId, asOf };
  }
}
