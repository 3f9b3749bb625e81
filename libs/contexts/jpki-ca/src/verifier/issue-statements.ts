import { z } from 'zod';
import { statementIssued } from '#contracts/jpki-ca';
import { queueJob, type Ctx, type Job, type JobKind, type Schedule, type StepOutcome } from '#platform';
import { amountOf, hourOf, hoursOf, monthToState } from './usage.js';
import type { UsageStore } from './usage.store.js';

const ISSUE_STATEMENTS = 'issue-statements';
const parameters = z.object({ month: z.string() });

/** On the first of each month at 03:00 in Japan, for the month before (JPKI 3.11, 4.13). */
export function statementsMonthly(usage: UsageStore): Schedule {
  return {
    name: 'usage-statements',
    due: monthToState,
    run: async (ctx, month) => {
      if (await usage.isAnybodyGranted(ctx.db, month)) await queueJob(ctx, ISSUE_STATEMENTS, { month });
      else await usage.note(ctx.db, { month, step: 'COUNTED' }, ctx.now);
    },
  };
}

/** An hour a step, then the statements. Hours and statements that stand already are left alone: a second job of the month changes nothing. */
export class IssueStatements implements JobKind {
  readonly kind = ISSUE_STATEMENTS;

  constructor(private readonly usage: UsageStore) {}

  async step(ctx: Ctx, job: Job): Promise<StepOutcome> {
    const { month } = parameters.parse(job.parameters);
    const total = hoursOf(month);
    if (job.done >= total) return { cursor: job.done, done: job.done, result: { statements: await this.issue(ctx, month) } };
    const hour = hourOf(month, job.done);
    const uses = await this.usage.count(ctx.db, hour);
    if (uses.length > 0) await this.usage.add(ctx.db, hour, uses.map((use) => ({ ...use, amountYen: amountOf(use, hour.day) })));
    return { cursor: job.done + 1, done: job.done + 1, total };
  }

  private async issue(ctx: Ctx, month: string): Promise<number> {
    const issued = await this.usage.issue(ctx.db, month, ctx.now);
    await this.usage.note(ctx.db, { month, step: 'COUNTED' }, ctx.now);
    for (const { organisation, definitive, amountYen, issuedAt } of issued) {
      const data = { organisation, month, definitive, amountYen, issuedAt: issuedAt.toISOString() };
      ctx.emit(statementIssued, { aggregateId: `${organisation}:${month}`, sequence: 1, data });
      ctx.audit({ object: `statement:${organisation}:${month}`, facts: { definitive, amountYen } });
    }
    return issued.length;
  }
}
