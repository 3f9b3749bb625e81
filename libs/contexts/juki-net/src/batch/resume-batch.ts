import { jukiNetProblems } from '#contracts/juki-net';
import { platformProblems, queueJob, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { NATIONAL } from '../prefecture/server.js';
import type { ServerStore } from '../prefecture/server.store.js';
import { BATCH_STATES, mayBecome } from './batch.js';
import { tellState } from './batch-event.js';
import type { BatchStore } from './batch.store.js';
import { requireOwn } from './follow-batch.js';
import { BATCH_JOB } from './submit-batch.js';

const spec = useCase({
  action: 'juki-net.batch.resume',
  kind: 'command',
  summary: 'Asks again what was answered 90 while the national server was closed; the result is packaged anew',
  input: z.strictObject({ batchId: z.uuid() }),
  output: z.object({ batchId: z.uuid(), jobId: z.uuid(), state: z.enum(BATCH_STATES) }),
  refusals: [...refusals(jukiNetProblems, 'BATCH_STATE', 'NATIONAL_CLOSED'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** After the receipt the answers are as they are: the receipt names their hash (JUKI-5.3, 7). */
export class ResumeBatch implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(
    private readonly batches: BatchStore,
    private readonly servers: ServerStore,
  ) {}

  async execute(ctx: Ctx, { batchId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { state, postponed, lines } = requireOwn(ctx, await this.batches.lock(ctx.db, batchId));
    if (postponed === 0 || !mayBecome(state, 'PROCESSING') || state === 'ACCEPTED') throw jukiNetProblems.refuse('BATCH_STATE', { facts: { state, postponed } });
    const closures = await this.servers.closures(ctx.db, ctx.now);
    if (closures.some(({ server }) => server === NATIONAL)) throw jukiNetProblems.refuse('NATIONAL_CLOSED');
    const jobId = await queueJob(ctx, BATCH_JOB, { batchId, lines, rest: true });
    await this.batches.requeue(ctx.db, batchId, jobId);
    await tellState(ctx, await this.batches.setState(ctx.db, batchId, { state: 'PROCESSING', at: ctx.now }));
    return { batchId, jobId, state: 'PROCESSING' };
  }
}
