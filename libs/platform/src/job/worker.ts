import { Refusal } from '#kernel';
import { setTimeout } from 'node:timers/promises';
import { canonicalJson } from '../idempotency/canonical-json.js';
import type { Clock } from '../clock.js';
import type { Ctx } from '../ctx.js';
import type { Wake } from '../events/wake.js';
import type { Database } from '../pg/database.js';
import { isOutage } from '../problem/outage.js';
import { log } from '../telemetry/log.js';
import { jobSteps } from '../telemetry/metrics.js';
import type { OwnCall } from '../use-case/call.js';
import type { Runner } from '../use-case/runner.js';
import { claimJob, lockJob, type Job, type JobKind, type StepOutcome } from './job.js';

/** A worker that was killed holds its job back for so long; the cursor makes an early successor harmless. */
const LEASE_SECONDS = 15;
/** A job of this process is begun at once; this is for those that another replica left. */
const IDLE_MS = 1_000;
const MAX_FAULTS = 5;
const OUTAGE_PAUSE_MS = 2_000;

export interface WorkerParts {
  readonly database: Database;
  readonly runner: Runner;
  readonly clock: Clock;
  readonly ownCall: (correlationId: string) => OwnCall;
  /** Ends the pause of an idle worker. */
  readonly wake: Wake;
}

/** Works on queued jobs, step by step; any number of workers share the queue by row locks. */
export class JobWorker {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private readonly kinds: ReadonlyMap<string, JobKind>;

  constructor(kinds: readonly JobKind[], private readonly parts: WorkerParts) {
    this.kinds = new Map(kinds.map((kind) => [kind.kind, kind]));
  }

  start(): void {
    if (this.kinds.size > 0) this.running = this.loop();
  }

  /** Finishes the step under way. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        const job = await claimJob(this.parts.database.db, [...this.kinds.keys()], this.parts.clock.now(), LEASE_SECONDS);
        if (job === undefined) await this.parts.wake.wait(IDLE_MS, this.stopping.signal);
        else await this.work(job);
      } catch (error) {
        log.warn('job worker interrupted', { error });
        await setTimeout(1_000);
      }
    }
  }

  private async work(claimed: Job): Promise<void> {
    const kind = this.kinds.get(claimed.kind);
    if (kind === undefined) return;
    let job = claimed;
    for (let faults = 0; !this.stopping.signal.aborted; ) {
      try {
        const next = await this.step(kind, job);
        jobSteps.inc({ kind: kind.kind, outcome: 'done' });
        if (next === undefined) return;
        job = next;
        faults = 0;
      } catch (error) {
        // Who is away comes back; a job that gave up would need a person to go on.
        if (!isOutage(error)) faults += 1;
        jobSteps.inc({ kind: kind.kind, outcome: 'failed' });
        log.warn('step of a job failed', { job: job.id, action: kind.kind, attempt: faults, error });
        if (error instanceof Refusal && error.definition.status < 500 && !isOutage(error)) return this.fail(job, `${error.context}:${error.code}`);
        if (faults >= MAX_FAULTS) return this.fail(job, error instanceof Error ? error.name : 'unknown');
        await setTimeout(isOutage(error) ? OUTAGE_PAUSE_MS : 200 * 2 ** faults);
      }
    }
    await this.release(job);
  }

  /** One step with its cursor in one transaction; undefined when the job has ended, pauses or was taken from us. */
  private async step(kind: JobKind, job: Job): Promise<Job | undefined> {
    const call = this.parts.ownCall(job.id);
    const prepared = await kind.prepare?.(this.parts.runner.process(`job:${kind.kind}`, call), job);
    return this.parts.runner.inTransaction(`job:${kind.kind}`, call, async (ctx) => {
      const current = await lockJob(ctx.db, job.id);
      if (current?.state !== 'RUNNING') return undefined;
      // Our lease ran out and another worker went on: continue from where the work is now.
      if (canonicalJson(current.cursor ?? null) !== canonicalJson(job.cursor ?? null)) return current;
      const outcome = await kind.step(ctx, job, prepared);
      await this.record(ctx, job, outcome);
      return outcome.result === undefined && outcome.pauseSeconds === undefined ? { ...job, cursor: outcome.cursor, done: outcome.done } : undefined;
    });
  }

  private async record(ctx: Ctx, job: Job, outcome: StepOutcome): Promise<void> {
    const now = this.parts.clock.now().toISOString();
    await ctx.db.run(
      `UPDATE job SET cursor = $2, done = $3, total = coalesce($4, total), result = $5, state = CASE WHEN $5::jsonb IS NULL THEN state ELSE 'SUCCEEDED' END,
         ended_at = CASE WHEN $5::jsonb IS NULL THEN NULL ELSE $6::timestamptz END, lease_until = $6::timestamptz + make_interval(secs => $7)
       WHERE id = $1`,
      job.id, JSON.stringify(outcome.cursor ?? null), outcome.done, outcome.total ?? null, outcome.result === undefined ? null : JSON.stringify(outcome.result), now,
      outcome.pauseSeconds ?? LEASE_SECONDS,
    );
  }

  private async fail(job: Job, fault: string): Promise<void> {
    log.error('job failed', { job: job.id, action: job.kind, code: fault });
    await this.parts.database.db.run("UPDATE job SET state = 'FAILED', fault = $2, ended_at = $3 WHERE id = $1 AND state = 'RUNNING'", job.id, fault, this.parts.clock.now().toISOString());
  }

  private async release(job: Job): Promise<void> {
    await this.parts.database.db.run("UPDATE job SET lease_until = NULL WHERE id = $1 AND state = 'RUNNING'", job.id);
  }
}
