import { v7 as uuidv7 } from 'uuid';
import type { Ctx } from '../ctx.js';
import type { Db, Row } from '../pg/db.js';

export type JobState = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

/** A long work as its followers see it. */
export interface Job extends Row {
  readonly id: string;
  readonly kind: string;
  readonly owner: string;
  readonly state: JobState;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly cursor: unknown;
  readonly done: number;
  readonly total: number | null;
  readonly result: unknown;
  readonly fault: string | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
}

/** What one step did: the new cursor and how far the work is; `result` ends the job. */
export interface StepOutcome {
  readonly cursor: unknown;
  readonly done: number;
  readonly total?: number;
  readonly result?: Readonly<Record<string, unknown>>;
}

/**
 * A kind of long work. `step` does one chunk of a few seconds at most in the transaction that also moves the cursor, so a
 * kill at any moment loses and doubles nothing. `prepare` runs before each step outside of the transaction (remote questions).
 */
export interface JobKind<Prepared = unknown> {
  readonly kind: string;
  prepare?(ctx: Ctx, job: Job): Promise<Prepared>;
  step(ctx: Ctx, job: Job, prepared: Prepared | undefined): Promise<StepOutcome>;
}

const COLUMNS = 'id, kind, owner, state, parameters, cursor, done, total, result, fault, created_at, started_at, ended_at';

/** Queues a job in the caller's transaction; returns its id. `owner` is the organisation that may follow it. */
export async function queueJob(ctx: Ctx, kind: string, parameters: Readonly<Record<string, unknown>>): Promise<string> {
  const id = uuidv7();
  await ctx.db.run(
    "INSERT INTO job (id, kind, owner, state, parameters, created_at) VALUES ($1, $2, $3, 'QUEUED', $4, $5)",
    id, kind, ctx.actor.organisation, JSON.stringify(parameters), ctx.now.toISOString(),
  );
  ctx.jobQueued();
  return id;
}

export async function findJob(db: Db, id: string): Promise<Job | undefined> {
  return db.maybe<Job>(`SELECT ${COLUMNS} FROM job WHERE id = $1`, id);
}

/** Locks the oldest job that nobody works on; other workers skip it. */
export async function claimJob(db: Db, kinds: readonly string[], now: Date, leaseSeconds: number): Promise<Job | undefined> {
  return db.maybe<Job>(
    `UPDATE job SET state = 'RUNNING', started_at = coalesce(started_at, $2), lease_until = $2::timestamptz + make_interval(secs => $3), tries = tries + 1
     WHERE id = (SELECT id FROM job WHERE kind = ANY($1::text[]) AND state IN ('QUEUED', 'RUNNING') AND coalesce(lease_until, '-infinity') <= $2
                 ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING ${COLUMNS}`,
    kinds, now.toISOString(), leaseSeconds,
  );
}

/** The job's row, locked until the transaction ends. */
export async function lockJob(db: Db, id: string): Promise<Job | undefined> {
  return db.maybe<Job>(`SELECT ${COLUMNS} FROM job WHERE id = $1 FOR UPDATE`, id);
}
