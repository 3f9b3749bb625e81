import { uuidv7 } from '../crypto/uuid.js';
import type { Ctx } from '../ctx.js';
import type { Db, Row } from '../pg/db.js';

export const JOB_STATES = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED'] as const;
export type JobState = (typeof JOB_STATES)[number];

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

/** What one step did: the new cursor and how far the work is; `result` ends the job, `pauseSeconds` leaves it for so long to work on others. */
export interface StepOutcome {
  readonly cursor: unknown;
  readonly done: number;
  readonly total?: number;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly pauseSeconds?: number;
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

/** Jobs, the newest first; ids rise with time. */
export async function listJobs(db: Db, filter: { owner: string | undefined; state: JobState | undefined; kind: string | undefined; before: string | undefined; limit: number }): Promise<Job[]> {
  return db.many<Job>(
    `SELECT ${COLUMNS} FROM job WHERE ($1::text IS NULL OR owner = $1) AND ($2::text IS NULL OR state = $2) AND ($3::text IS NULL OR kind = $3) AND ($4::uuid IS NULL OR id < $4)
     ORDER BY id DESC LIMIT $5`,
    filter.owner ?? null, filter.state ?? null, filter.kind ?? null, filter.before ?? null, filter.limit,
  );
}

/** Whether a later job took the same work over: its parameters name the same things, and may begin at another place (a number, an object). */
export async function isSuperseded(db: Db, { id, kind, parameters }: Pick<Job, 'id' | 'kind' | 'parameters'>): Promise<boolean> {
  const named = Object.fromEntries(Object.entries(parameters).filter(([, value]) => typeof value !== 'number' && (typeof value !== 'object' || Array.isArray(value))));
  return (await db.maybe('SELECT 1 FROM job WHERE kind = $2 AND id > $1 AND parameters @> $3::jsonb LIMIT 1', id, kind, JSON.stringify(named))) !== undefined;
}

/** Queues a job that has ended without success again, with its cursor; in the caller's transaction, which has it locked. */
export async function requeueJob(ctx: Ctx, id: string): Promise<void> {
  await ctx.db.run("UPDATE job SET state = 'QUEUED', fault = NULL, ended_at = NULL, lease_until = NULL WHERE id = $1", id);
  ctx.jobQueued();
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
