import { z } from 'zod';
import type { PolicyRow } from '../access/policy.js';
import { verifyAuditChain } from '../audit/audit-chain.js';
import type { Ctx } from '../ctx.js';
import type { EventConsumer } from '../events/consumer.js';
import { route, type HttpRoute } from '../http/route.js';
import type { Row } from '../pg/db.js';
import { platformProblems } from '../problem/problems.js';
import { refusals, useCase, type UseCase } from '../use-case/use-case.js';
import { jobRoutes } from './job-routes.js';

const notFound = refusals(platformProblems, 'NOT_FOUND');
const anyObject = z.record(z.string(), z.unknown());
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
  const everyone = ['municipality', 'prefecture', 'national-agency', 'signature-verifier', 'card-maker', 'kiosk-operator', 'operator'] as const;
  const basis = 'KIBAN-OPERATION';
  return [
    ...['list', 'follow', 'cancel'].flatMap((verb) => everyone.map((institution) => ({ action: `${context}.job.${verb}`, institution, scope: 'own' as const, basis }))),
    { action: `${context}.job.retry`, institution: 'operator', scope: 'nation', basis },
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
    ...jobRoutes(context),
    route('GET', '/dead-letters', listDeadLetters(context)),
    route('POST', '/dead-letters/:deadLetterId/redrive', redriveDeadLetter(context, consumers)),
    route('GET', '/cursors', listCursors(context)),
    route('PUT', '/cursors/:name', setCursor(context)),
    route('GET', '/audit-verification', verifyAudit(context)),
  ];
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
