import { createHash } from 'node:crypto';
import { queueJob, type Ctx, type Job, type JobKind, type Schedule, type StepOutcome } from '#platform';
import { z } from 'zod';
import { sealableUntil } from './use-chain.js';
import type { UseChainStore } from './use-chain.store.js';

const SEAL_JOB = 'juki-net.use-record-seal';
const parameters = z.object({ until: z.iso.datetime() });

/** Once an hour, what was written up to an hour before (JUKI-3.9). */
export function sealUsesHourly(chain: UseChainStore): Schedule {
  return {
    name: 'use-log.seal',
    due: (last, now) => {
      const hour = now.toISOString().slice(0, 13);
      return last === hour ? undefined : hour;
    },
    run: async (ctx) => {
      const until = sealableUntil(ctx.now);
      if (await chain.isWaiting(ctx.db, until)) await queueJob(ctx, SEAL_JOB, { until: until.toISOString() });
    },
  };
}

/** A window a step: where it goes on the links themselves tell, so two jobs do no harm. Its audit line ties the newest links to the chain of the trail. */
export class SealUses implements JobKind {
  readonly kind = SEAL_JOB;
  constructor(private readonly chain: UseChainStore) {}

  async step(ctx: Ctx, job: Job): Promise<StepOutcome> {
    const links = await this.chain.sealNext(ctx.db, new Date(parameters.parse(job.parameters).until));
    const done = links.reduce((sum, { records }) => sum + records, job.done);
    const [first] = links;
    if (first === undefined) return { cursor: null, done, total: done, result: { records: done } };
    const sha256 = links.reduce((hash, link) => hash.update(link.hash), createHash('sha256')).digest('hex');
    ctx.audit({ object: `use-chain:${first.since.toISOString()}`, facts: { links: links.length, records: done - job.done, sha256 } });
    return { cursor: done, done };
  }
}
