import { jukiNetProblems } from '#contracts/juki-net';
import { localDateInJapan, partsOfDate } from '#kernel';
import { findJob, queueJob, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type Schedule, type UseCase } from '#platform';
import { z } from 'zod';
import { boundsOf, extractFault, monthBefore, monthOf } from './statistics.js';
import type { StatisticsStore } from './statistics.store.js';

export const STATISTICS_JOB = 'juki-net.statistics-extract';
/** Data are due in the first ten days; what waits for a predecessor has until then to come in. */
const MADE_ON_DAY = 5;

const spec = useCase({
  action: 'juki-net.statistics-extract.make',
  kind: 'command',
  summary: 'Makes the extract of a past month for the migration report; there is one a month, and a job that did not end is taken up',
  input: z.strictObject({ month: z.string().regex(/^20\d{2}-(0[1-9]|1[0-2])$/) }),
  output: z.object({ extractId: z.uuid(), jobId: z.uuid(), repeated: z.boolean() }),
  refusals: refusals(jukiNetProblems, 'EXTRACT_ORDER', 'MONTH_NOT_OVER'),
});

export class MakeExtract implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly statistics: StatisticsStore) {}

  async execute(ctx: Ctx, { month }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { latest, extract } = await this.statistics.lockMonth(ctx.db, month);
    const fault = extractFault(month, latest, ctx.now);
    if (fault !== undefined) throw jukiNetProblems.refuse(fault);
    const extractId = extract?.extractId ?? uuidv7();
    const jobId = await this.jobOf(ctx, extractId, extract?.jobId);
    if (extract === undefined) await this.statistics.add(ctx.db, { extractId, month, jobId, at: ctx.now });
    else if (jobId !== extract.jobId) await this.statistics.follow(ctx.db, extractId, jobId);
    ctx.audit({ object: `statistics-extract:${extractId}`, facts: { month, repeated: extract !== undefined } });
    return { extractId, jobId, repeated: extract !== undefined };
  }

  /** What a dead job counted stays counted: another passes over it. */
  private async jobOf(ctx: Ctx, extractId: string, earlier: string | undefined): Promise<string> {
    const job = earlier === undefined ? undefined : await findJob(ctx.db, earlier);
    return job === undefined || job.state === 'FAILED' || job.state === 'CANCELLED' ? queueJob(ctx, STATISTICS_JOB, { extractId }) : job.id;
  }
}

/** In the first days of a month, the extract of the month before, if there is anything to tell. */
export function makeMonthly(statistics: StatisticsStore): Schedule {
  const make = new MakeExtract(statistics);
  return {
    name: 'statistics-extract.monthly',
    due: (last, now) => {
      const today = localDateInJapan(now);
      const month = monthBefore(monthOf(today));
      return partsOfDate(today).day < MADE_ON_DAY || last === month ? undefined : month;
    },
    run: async (ctx, month) => {
      if ((await statistics.notices(ctx.db, boundsOf(month))) > 0) await make.execute(ctx, { month });
    },
  };
}
