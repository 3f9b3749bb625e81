import { queryLogged } from '#contracts/juki-net';
import { localDateInJapan, type LocalDate, toLocalDate } from '#kernel';
import { queueJob, stillWaiting, type Ctx, type Job, type JobKind, type Schedule, type StepOutcome } from '#platform';
import { z } from 'zod';
import { closedDays, dayToClose } from './log-alert.js';
import type { QueryDayStore } from './query-day.store.js';

const LOG_ALERT_JOB = 'juki-net.log-alert';
/** Lines of one step. */
const CHUNK = 20_000;
/** Lines are at most so old when they are counted, but for the first time. */
const CALENDAR_DAYS = 40;
const HOUR_MS = 3_600_000;

const parameters = z.object({ day: z.string() });

/** Once a day, an hour after its end, so that what was written at midnight is in the trail. */
export function closeLogDaily(days: QueryDayStore): Schedule {
  return {
    name: 'log-alert.close-day',
    due: (last, now) => dayToClose(last === undefined ? undefined : toLocalDate(last), localDateInJapan(new Date(now.getTime() - HOUR_MS))),
    run: async (ctx, day) => {
      if (await days.isWork(ctx.db, toLocalDate(day))) await queueJob(ctx, LOG_ALERT_JOB, { day });
    },
  };
}

/** Counts the lines of the audit trail that nobody has counted yet, chunk by chunk; when none of the day is held back any more, it is closed with its alerts (JUKI-5.5). */
export class CloseLogDay implements JobKind {
  readonly kind = LOG_ALERT_JOB;
  constructor(private readonly days: Pick<QueryDayStore, 'close' | 'countLines' | 'isHeldBack' | 'unclosed'>) {}

  async step(ctx: Ctx, job: Job): Promise<StepOutcome> {
    const day = toLocalDate(parameters.parse(job.parameters).day);
    // Asked before: what is let go while lines are counted is not among them.
    const isHeldBack = await this.days.isHeldBack(ctx.db, day);
    const lines = await this.days.countLines(ctx.db, { closed: closedDays(localDateInJapan(ctx.now), CALENDAR_DAYS), most: CHUNK, at: ctx.now });
    const done = job.done + lines;
    if (lines === CHUNK) return { cursor: done, done };
    if (isHeldBack) return { ...stillWaiting(job), cursor: done, done };
    let rows = 0;
    for (const unclosed of await this.days.unclosed(ctx.db, day, this.kind)) rows += await this.close(ctx, unclosed);
    ctx.audit({ object: `query-log:${day}`, facts: { lines: done, rows } });
    return { cursor: null, done, total: done, result: { day, rows } };
  }

  private async close(ctx: Ctx, day: LocalDate): Promise<number> {
    const logged = await this.days.close(ctx.db, day);
    for (const { organisation, affair, mode, provided, refused, alerts } of logged) {
      const data = { day, organisation, affair, mode, count: provided, refused, alerts };
      ctx.emit(queryLogged, { aggregateId: `${day}:${organisation}:${affair}:${mode}`, sequence: 1, data });
    }
    return logged.length;
  }
}
