import { z } from 'zod';
import { daily, queueJob, type Ctx, type Job, type JobKind, type Schedule, type StepOutcome } from '#platform';
import { forgottenBefore, PURGED } from './retention.js';
import { FORGET } from './retention.store.js';

export const PURGE_RECORDS = 'purge-records';
const AT_ONCE = 1_000;
const cursor = z.object({ kind: z.int(), gone: z.int() }).nullable();

/** A chunk of one kind a step, in its transaction with the audit line (TRN-9): a kill loses and doubles nothing, and what a day did not finish the next one does. */
export class PurgeRecords implements JobKind {
  readonly kind = PURGE_RECORDS;

  async step(ctx: Ctx, job: Job): Promise<StepOutcome> {
    const at = cursor.parse(job.cursor) ?? { kind: 0, gone: 0 };
    const kind = PURGED[at.kind];
    if (kind === undefined) return { cursor: at, done: job.done, result: { forgotten: job.done } };
    const gone = await FORGET[kind](ctx.db, forgottenBefore(kind, ctx.now), AT_ONCE);
    if (gone > 0) ctx.audit({ object: `retention:${kind}`, facts: { forgotten: gone } });
    return { cursor: gone > 0 ? { ...at, gone: at.gone + gone } : { kind: at.kind + 1, gone: 0 }, done: job.done + gone };
  }
}

/** Every day in Japan. */
export const purgeDaily: Schedule = daily('record-retention', async (ctx) => {
  await queueJob(ctx, PURGE_RECORDS, {});
});
