import { z } from 'zod';
import { queueJob, type Ctx, type Job, type JobKind, type Schedule, type StepOutcome } from '#platform';
import { hourOf, hoursOf, monthToCount } from './usage.js';
import type { UsageStore } from './usage.store.js';

const COUNT_USES = 'count-uses';
const parameters = z.object({ month: z.string() });

/** On the first of each month at 03:00 in Japan, for the month before (JPKI 3.11, 4.13). */
export function usesMonthly(usage: UsageStore): Schedule {
  return {
    name: 'use-counts',
    due: monthToCount,
    run: async (ctx, month) => {
      if (await usage.isAnybodyGranted(ctx.db, month)) await queueJob(ctx, COUNT_USES, { month });
      else await usage.note(ctx.db, { month, step: 'COUNTED' }, ctx.now);
    },
  };
}

/** An hour a step. Hours that stand already are left alone: a second job of the month changes nothing. */
export class CountUses implements JobKind {
  readonly kind = COUNT_USES;

  constructor(private readonly usage: UsageStore) {}

  async step(ctx: Ctx, job: Job): Promise<StepOutcome> {
    const { month } = parameters.parse(job.parameters);
    const total = hoursOf(month);
    if (job.done < total) {
      await this.usage.count(ctx.db, hourOf(month, job.done));
      return { cursor: job.done + 1, done: job.done + 1, total };
    }
    await this.usage.note(ctx.db, { month, step: 'COUNTED' }, ctx.now);
    return { cursor: job.done, done: job.done, result: { month } };
  }
}
