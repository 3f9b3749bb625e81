import { localDateInJapan } from '#kernel';
import { daily, queueJob, type Ctx, type Job, type JobKind, type StepOutcome } from '#platform';
import type { RecordStore } from './migrated-record.store.js';

const DROP_RECORDS = 'bridge-ca.drop-records';

export const dropRecordsDaily = daily('migration.drop-records', async (ctx) => void (await queueJob(ctx, DROP_RECORDS, {})));

/** Records whose statutory retention is over leave, some a step (JPKI-4.12). */
export class DropRecords implements JobKind {
  readonly kind = DROP_RECORDS;

  constructor(private readonly records: RecordStore) {}

  async step(ctx: Ctx, job: Job): Promise<StepOutcome> {
    const dropped = await this.records.dropKept(ctx.db, localDateInJapan(ctx.now));
    const done = job.done + dropped;
    if (dropped === 0) return { cursor: null, done, result: { dropped: done } };
    ctx.audit({ object: 'migrated-records', facts: { dropped } });
    return { cursor: null, done };
  }
}
