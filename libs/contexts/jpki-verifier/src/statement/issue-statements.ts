import { z } from 'zod';
import { verifierUse } from '#contracts/jpki-ca';
import { statementIssued } from '#contracts/jpki-verifier';
import { toLocalDate } from '#kernel';
import { queueJob, stillWaiting, whenAnswered, type Ctx, type Job, type JobKind, type Peers, type Schedule, type StepOutcome } from '#platform';
import type { TakenOver } from '../take-over/taken-over.js';
import { linesOf, monthToState, type DayUse } from './statement.js';
import type { StatementStore } from './statement.store.js';

const ISSUE_STATEMENTS = 'issue-statements';
const parameters = z.object({ month: z.string() });
const cursorOf = z.object({ after: z.string(), statements: z.number().int() });

/** On the first of each month at 03:00 in Japan, for the month before (JPKI 3.11, 4.13). */
export function statementsMonthly(takenOver: TakenOver): Schedule {
  return {
    name: 'usage-statements',
    due: monthToState,
    hasWork: (ctx) => takenOver.isDone(ctx.db),
    run: async (ctx, month) => void (await queueJob(ctx, ISSUE_STATEMENTS, { month })),
  };
}

interface Counted {
  /** None when all have their statement. */
  readonly organisation: string | undefined;
  readonly complete: boolean;
  readonly days: readonly DayUse[];
}

/**
 * An organisation a step, by what jpki-ca counted for it; waits until the month is counted there. Statements that stand already are left alone: a
 * second job of the month changes nothing.
 */
export class IssueStatements implements JobKind<Counted | undefined> {
  readonly kind = ISSUE_STATEMENTS;

  constructor(
    private readonly statements: StatementStore,
    private readonly peers: Peers,
  ) {}

  async prepare(ctx: Ctx, job: Job): Promise<Counted | undefined> {
    const { month } = parameters.parse(job.parameters);
    const organisation = await this.statements.nextNotified(ctx.db, month, cursorIn(job).after);
    if (organisation === undefined) return { organisation, complete: true, days: [] };
    const { correlationId, traceparent } = ctx;
    const counted = await whenAnswered(() => this.peers.call(verifierUse, { correlationId, traceparent }, { organisation, month }));
    return counted && { organisation, complete: counted.complete, days: counted.days.map((use) => ({ ...use, day: toLocalDate(use.day) })) };
  }

  async step(ctx: Ctx, job: Job, counted: Counted | undefined): Promise<StepOutcome> {
    if (counted === undefined || !counted.complete) return stillWaiting(job);
    const { statements } = cursorIn(job);
    const { organisation, days } = counted;
    if (organisation === undefined) return { cursor: job.cursor, done: job.done, result: { statements } };
    const issued = await this.issue(ctx, { organisation, month: parameters.parse(job.parameters).month, days });
    return { cursor: { after: organisation, statements: statements + (issued ? 1 : 0) }, done: job.done + 1 };
  }

  private async issue(ctx: Ctx, { organisation, month, days }: { organisation: string; month: string; days: readonly DayUse[] }): Promise<boolean> {
    const lines = linesOf(days, await this.statements.granted(ctx.db, organisation));
    if (lines.length === 0) return false;
    const sum = (of: 'definitive' | 'amountYen'): number => lines.reduce((total, line) => total + line[of], 0);
    const statement = { organisation, month, definitive: sum('definitive'), amountYen: sum('amountYen') };
    if (!(await this.statements.issue(ctx.db, { ...statement, issuedAt: ctx.now }, lines))) return false;
    ctx.emit(statementIssued, { aggregateId: `${organisation}:${month}`, sequence: 1, data: { ...statement, issuedAt: ctx.now.toISOString() } });
    ctx.audit({ object: `statement:${organisation}:${month}`, facts: { definitive: statement.definitive, amountYen: statement.amountYen } });
    return true;
  }
}

function cursorIn(job: Job): z.output<typeof cursorOf> {
  return cursorOf.nullish().parse(job.cursor) ?? { after: '', statements: 0 };
}
