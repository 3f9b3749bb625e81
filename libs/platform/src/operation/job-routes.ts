import { z } from 'zod';
import type { Ctx } from '../ctx.js';
import { route, type HttpRoute } from '../http/route.js';
import { findJob, isSuperseded, type Job, JOB_STATES, listJobs, lockJob, requeueJob } from '../job/job.js';
import { progressOf } from '../job/progress.js';
import { platformProblems } from '../problem/problems.js';
import { nextOf, pageLimit } from '../use-case/page.js';
import { refusals, useCase, type UseCase } from '../use-case/use-case.js';

const notFound = refusals(platformProblems, 'NOT_FOUND');
const byId = z.object({ jobId: z.uuid() });
const listedJob = z.object({
  id: z.string(), kind: z.string(), owner: z.string(), state: z.string(), done: z.number(), total: z.number().nullable(),
  ratePerSecond: z.number().nullable().describe('mean since it began'), remainingSeconds: z.number().nullable().describe('at that pace'),
  fault: z.string().nullable(), createdAt: z.string(), startedAt: z.string().nullable(), endedAt: z.string().nullable(),
});
const jobView = listedJob.extend({ result: z.unknown() });

/** What followers and operators need of the jobs of a context. */
export function jobRoutes(context: string): HttpRoute[] {
  return [
    route('GET', '/jobs', list(context)),
    route('GET', '/jobs/:jobId', follow(context)),
    route('POST', '/jobs/:jobId/cancellation', cancel(context)),
    route('POST', '/jobs/:jobId/retry', retry(context)),
  ];
}

function viewOf(job: Job, now: Date): z.input<typeof listedJob> {
  const { id, kind, owner, state, done, total, fault } = job;
  return {
    id, kind, owner, state, done, total, ...progressOf(job, now), fault,
    createdAt: job.created_at.toISOString(), startedAt: job.started_at?.toISOString() ?? null, endedAt: job.ended_at?.toISOString() ?? null,
  };
}

function list(context: string): UseCase {
  const spec = useCase({
    action: `${context}.job.list`, kind: 'question', summary: 'Jobs, the newest first: an organisation sees its own, an operator all',
    input: z.object({ state: z.enum(JOB_STATES).optional(), kind: z.string().regex(/^[a-z][a-z0-9.-]{0,99}$/).optional(), before: z.uuid().optional(), limit: pageLimit }),
    output: z.object({ items: z.array(listedJob), next: z.string().optional().describe('`before` of the next page') }),
    refusals: [],
  });
  return {
    spec,
    execute: async (ctx: Ctx, { state, kind, before, limit }: z.output<typeof spec.input>) => {
      const owner = ctx.actor.kind === 'operator' ? undefined : ctx.actor.organisation;
      const jobs = await listJobs(ctx.db, { owner, state, kind, before, limit });
      return { items: jobs.map((job) => viewOf(job, ctx.now)), ...nextOf(jobs, limit, ({ id }) => id) };
    },
  };
}

function follow(context: string): UseCase {
  const spec = useCase({ action: `${context}.job.follow`, kind: 'question', summary: 'State, progress and result of a job', input: byId, output: jobView, refusals: notFound });
  return {
    spec,
    execute: async (ctx: Ctx, input: z.output<typeof spec.input>) => {
      const job = permitted(ctx, await findJob(ctx.db, input.jobId));
      return { ...viewOf(job, ctx.now), result: job.result };
    },
  };
}

function cancel(context: string): UseCase {
  const spec = useCase({ action: `${context}.job.cancel`, kind: 'command', summary: 'Stops a job after its present step; what was done stays done', input: byId, output: z.object({ cancelled: z.boolean() }), refusals: notFound });
  return {
    spec,
    execute: async (ctx: Ctx, input: z.output<typeof spec.input>) => {
      permitted(ctx, await findJob(ctx.db, input.jobId));
      const rows = await ctx.db.run("UPDATE job SET state = 'CANCELLED', ended_at = $2 WHERE id = $1 AND state IN ('QUEUED', 'RUNNING')", input.jobId, ctx.now.toISOString());
      return { cancelled: rows === 1 };
    },
  };
}

function retry(context: string): UseCase {
  const spec = useCase({
    action: `${context}.job.retry`, kind: 'command', summary: 'Queues a job that failed or was cancelled again; it goes on where it stopped', input: byId, output: z.object({ retried: z.literal(true) }),
    refusals: refusals(platformProblems, 'JOB_STATE', 'JOB_SUPERSEDED', 'NOT_FOUND'),
  });
  return {
    spec,
    execute: async (ctx: Ctx, input: z.output<typeof spec.input>) => {
      const job = permitted(ctx, await lockJob(ctx.db, input.jobId));
      if (job.state !== 'FAILED' && job.state !== 'CANCELLED') throw platformProblems.refuse('JOB_STATE', { facts: { state: job.state } });
      if (await isSuperseded(ctx.db, job)) throw platformProblems.refuse('JOB_SUPERSEDED');
      await requeueJob(ctx, job.id);
      ctx.audit({ object: `job:${job.id}`, facts: { from: job.state, to: 'QUEUED' } });
      return { retried: true };
    },
  };
}

/** Another organisation's job is as if there were none. Refuses NOT_FOUND. */
function permitted(ctx: Ctx, job: Job | undefined): Job {
  if (job === undefined || (ctx.actor.kind !== 'operator' && ctx.actor.organisation !== job.owner)) throw platformProblems.refuse('NOT_FOUND');
  return job;
}
