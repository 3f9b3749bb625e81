import type { Ctx, Job, JobKind, StepOutcome } from '#platform';
import { z } from 'zod';
import type { CompleteRun } from './complete-run.js';
import type { LeafStore } from './leaf.store.js';
import { RECONCILIATION_JOB } from './open-reconciliation.js';
import { bucketDigest, BUCKETS } from './reconciliation.js';
import type { ReconciliationStore, Run } from './reconciliation.store.js';

/** Records of one step. */
const CHUNK = 2_000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

const parameters = z.object({ runId: z.uuid() });
const position = z.union([z.object({ after: z.string(), records: z.number(), total: z.number() }), z.object({ bucket: z.number().int(), records: z.number() })]);
type Position = z.output<typeof position>;

/** Reads the municipality's present records into leaves, then compares the buckets one by one (JUKI-4.6); it shows nobody anything. */
export class CompareBuckets implements JobKind {
  readonly kind = RECONCILIATION_JOB;

  constructor(
    private readonly runs: ReconciliationStore,
    private readonly leaves: LeafStore,
    private readonly completion: CompleteRun,
  ) {}

  async step(ctx: Ctx, job: Job): Promise<StepOutcome> {
    const { runId } = parameters.parse(job.parameters);
    const run = await this.runs.lock(ctx.db, runId);
    // A newer run of the municipality has taken its place.
    if (run?.state !== 'COMPARING') return { cursor: null, done: job.done, result: { runId, abandoned: true } };
    const at: Position = job.cursor === null ? { after: BEFORE_ALL, records: 0, total: await this.leaves.count(ctx.db, run) } : position.parse(job.cursor);
    if ('after' in at) return this.read(ctx, run, at);
    return at.bucket < BUCKETS ? this.compare(ctx, run, at) : this.close(ctx, run, at);
  }

  private async read(ctx: Ctx, run: Run, { after, records, total }: Extract<Position, { after: string }>): Promise<StepOutcome> {
    const leaves = await this.leaves.read(ctx.db, run, { after, limit: CHUNK });
    await this.leaves.keep(ctx.db, run.runId, leaves);
    const read = records + leaves.length;
    const last = leaves.at(-1);
    const progress = { done: read, total: total + BUCKETS };
    return last === undefined || leaves.length < CHUNK ? { cursor: { bucket: 0, records: read }, ...progress } : { cursor: { after: last.personKey, records: read, total }, ...progress };
  }

  private async compare(ctx: Ctx, { runId }: Run, { bucket, records }: Extract<Position, { bucket: number }>): Promise<StepOutcome> {
    const leaves = await this.leaves.ofBucket(ctx.db, runId, bucket);
    const { digest } = await this.runs.bucket(ctx.db, runId, bucket);
    const equal = bucketDigest(leaves).equals(digest);
    await this.runs.moveBucket(ctx.db, runId, { bucket, state: equal ? 'EQUAL' : 'DIFFERENT', registerCount: leaves.length });
    if (equal) await this.leaves.drop(ctx.db, runId, bucket);
    return { cursor: { bucket: bucket + 1, records }, done: records + bucket + 1 };
  }

  private async close(ctx: Ctx, run: Run, { records }: { records: number }): Promise<StepOutcome> {
    const { runId, municipalityCode } = run;
    const differing = (await this.runs.differing(ctx.db, runId)).length;
    if (differing === 0) await this.completion.complete(ctx, run, records);
    else await this.runs.setState(ctx.db, runId, { state: 'AWAITING_LEAVES', compared: records });
    ctx.audit({ object: `reconciliation:${runId}`, facts: { municipalityCode, records, differing } });
    return { cursor: null, done: records + BUCKETS, total: records + BUCKETS, result: { runId, records, differing } };
  }
}
