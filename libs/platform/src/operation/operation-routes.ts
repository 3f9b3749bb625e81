import { z } from 'zod';
import type { PolicyRow } from '../access/policy.js';
import { verifyAuditChain } from '../audit/audit-chain.js';
import type { Ctx } from '../ctx.js';
import type { EventConsumer } from '../events/consumer.js';
import { route, type HttpRoute } from '../http/route.js';
import { findJob } from '../job/job.js';
import type { Row } from '../pg/db.js';
import { platformProblems } from '../problem/problems.js';
import { refusals, useCase, type UseCase } from '../use-case/use-case.js';

const notFound = refusals(platformProblems, 'NOT_FOUND');
const anyObject = z.record(z.string(), z.unknown());
const jobView = z.object({
  id: z.string(), kind: z.string(), state: z.string(), done: z.number(), total: z.number().nullable(),
  result: z.unknown(), fault: z.string().nullable(), createdAt: z.string(), startedAt: z.string().nullable(), endedAt: z.string().nullable(),
});
const deadLetterView = z.object({
  id: z.string(), consumer: z.string(), eventId: z.string(), subject: z.string(), tries: z.number(), fault: z.string(),
  failedAt: z.string(), redrivenAt: z.string().nullable(),
});

interface DeadLetterRow extends Row {
  readonly id: string;
  readonly consumer: string;
  readonly event_id: string;
  readonly subject: string;
  readonly event: string;
  readonly tries: number;
  readonly fault: string;
  readonly failed_at: Date;
  readonly redriven_at: Date | null;
}

/** Who may operate a context; the same rows for each. */
export function operationPolicy(context: string): PolicyRow[] {
  const everyone = ['municipality', 'prefecture', 'national-agency', 'signature-verifier', 'card-maker', 'operator'] as const;
  const basis = 'KIBAN-OPERATION';
  return [
    ...everyone.map((institution) => ({ action: `${context}.job.follow`, institution, scope: 'own' as const, basis })),
    ...everyone.map((institution) => ({ action: `${context}.job.cancel`, institution, scope: 'own' as const, basis })),
    { action: `${context}.dead-letter.list`, institution: 'operator', scope: 'nation', basis },
    { action: `${context}.dead-letter.redrive`, institution: 'operator', scope: 'nation', basis },
    { action: `${context}.cursor.list`, institution: 'operator', scope: 'nation', basis },
    { action: `${context}.cursor.set`, institution: 'operator', scope: 'nation', basis },
    { action: `${context}.audit.verify`, institution: 'auditor', scope: 'nation', basis },
    { action: `${context}.audit.verify`, institution: 'operator', scope: 'nation', basis },
  ];
}

/** What operators need of every context: jobs, dead letters, cursors, the audit chain. */
export function operationRoutes(context: string, consumers: () => readonly EventConsumer[]): HttpRoute[] {
  return [
    route('GET', '/jobs/:jobId', followJob(context)),
    route('POST', '/jobs/:jobId/cancellation', cancelJob(context)),
    route('GET', '/dead-letters', listDeadLetters(context)),
    route('POST', '/dead-letters/:deadLetterId/redrive', redriveDeadLetter(context, consumers)),
    route('GET', '/cursors', listCursors(context)),
    route('PUT', '/cursors/:name', setCursor(context)),
    route('GET', '/audit-verification', verifyAudit(context)),
  ];
}

function followJob(context: string): UseCase {
  const spec = useCase({ action: `${context}.job.follow`, kind: 'question', summary: 'State, progress and result of a job', input: z.object({ jobId: z.uuid() }), output: jobView, refusals: notFound });
  return {
    spec,
    execute: async (ctx: Ctx, input: z.output<typeof spec.input>) => {
      const job = await findJob(ctx.db, input.jobId);
      if (job === undefined || !mayFollow(ctx, job.owner)) throw platformProblems.refuse('NOT_FOUND');
      return {
        id: job.id, kind: job.kind, state: job.state, done: job.done, total: job.total, result: job.result, fault: job.fault,
        createdAt: job.created_at.toISOString(), startedAt: job.started_at?.toISOString() ?? null, endedAt: job.ended_at?.toISOString() ?? null,
      };
    },
  };
}

function mayFollow(ctx: Ctx, owner: string): boolean {
  return ctx.actor.kind === 'operator' || ctx.actor.organisation === owner;
}

function cancelJob(context: string): UseCase {
  const spec = useCase({ action: `${context}.job.cancel`, kind: 'command', summary: 'Stops a job after its present step; what was done stays done', input: z.object({ jobId: z.uuid() }), output: z.object({ cancelled: z.boolean() }), refusals: notFound });
  return {
    spec,
    execute: async (ctx: Ctx, input: z.output<typeof spec.input>) => {
      const job = await findJob(ctx.db, input.jobId);
      if (job === undefined || !mayFollow(ctx, job.owner)) throw platformProblems.refuse('NOT_FOUND');
      const rows = await ctx.db.run("UPDATE job SET state = 'CANCELLED', ended_at = $2 WHERE id = $1 AND state IN ('QUEUED', 'RUNNING')", input.jobId, ctx.now.toISOString());
      return { cancelled: rows === 1 };
    },
  };
}

function listDeadLetters(context: string): UseCase {
  const spec = useCase({ action: `${context}.dead-letter.list`, kind: 'question', summary: 'Events that could not be taken in', input: z.object({}), output: z.object({ items: z.array(deadLetterView) }), refusals: [] });
  return {
    spec,
    execute: async (ctx: Ctx) => {
      const rows = await ctx.db.many<DeadLetterRow>('SELECT * FROM dead_letter WHERE redriven_at IS NULL ORDER BY failed_at LIMIT 500');
      return {
        items: rows.map((row) => ({
          id: row.id, consumer: row.consumer, eventId: row.event_id, subject: row.subject, tries: row.tries, fault: row.fault,
          failedAt: row.failed_at.toISOString(), redrivenAt: row.redriven_at?.toISOString() ?? null,
        })),
      };
    },
  };
}

function redriveDeadLetter(context: string, consumers: () => readonly EventConsumer[]): UseCase {
  const spec = useCase({ action: `${context}.dead-letter.redrive`, kind: 'command', summary: 'Takes a dead letter in once more', input: z.object({ deadLetterId: z.uuid() }), output: z.object({ redriven: z.boolean() }), refusals: notFound });
  return {
    spec,
    execute: async (ctx: Ctx, input: z.output<typeof spec.input>) => {
      const row = await ctx.db.maybe<DeadLetterRow>('SELECT * FROM dead_letter WHERE id = $1 AND redriven_at IS NULL FOR UPDATE', input.deadLetterId);
      const consumer = consumers().find((candidate) => candidate.name === row?.consumer);
      if (row === undefined || consumer === undefined) throw platformProblems.refuse('NOT_FOUND');
      await consumer.redrive(ctx, row.subject, row.event);
      await ctx.db.run('UPDATE dead_letter SET redriven_at = $2 WHERE id = $1', row.id, ctx.now.toISOString());
      return { redriven: true };
    },
  };
}

function listCursors(context: string): UseCase {
  const spec = useCase({ action: `${context}.cursor.list`, kind: 'question', summary: 'Named positions of recurring work', input: z.object({}), output: z.object({ items: z.array(anyObject) }), refusals: [] });
  return { spec, execute: async (ctx: Ctx) => ({ items: await ctx.db.many('SELECT name, value, moved_at AS "movedAt" FROM cursor ORDER BY name') }) };
}

function setCursor(context: string): UseCase {
  const spec = useCase({ action: `${context}.cursor.set`, kind: 'command', summary: 'Sets a cursor back, so that the work is done again from there', input: z.object({ name: z.string(), value: z.string() }), output: z.object({ name: z.string(), value: z.string() }), refusals: notFound });
  return {
    spec,
    execute: async (ctx: Ctx, input: z.output<typeof spec.input>) => {
      const rows = await ctx.db.run('UPDATE cursor SET value = $2, moved_at = $3 WHERE name = $1', input.name, input.value, ctx.now.toISOString());
      if (rows === 0) throw platformProblems.refuse('NOT_FOUND');
      ctx.audit({ object: `cursor:${input.name}`, facts: { value: input.value } });
      return input;
    },
  };
}

function verifyAudit(context: string): UseCase {
  const report = z.object({ whole: z.boolean(), lines: z.number(), unsealed: z.number(), head: z.string(), fault: z.object({ seq: z.number(), kind: z.string() }).optional() });
  const spec = useCase({ action: `${context}.audit.verify`, kind: 'question', summary: 'Recomputes the audit hash chain from its start', input: z.object({}), output: report, refusals: [] });
  return { spec, execute: async (ctx: Ctx) => verifyAuditChain(ctx.db) };
}
