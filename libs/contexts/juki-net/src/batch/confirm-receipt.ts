import { jukiNetProblems } from '#contracts/juki-net';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { OutFileStore } from '../exchange-box/out-file.store.js';
import { tellState } from './batch-event.js';
import { BATCH_STATES, mayBecome } from './batch.js';
import type { BatchStore } from './batch.store.js';
import { requireOwn } from './follow-batch.js';

const spec = useCase({
  action: 'juki-net.batch.confirm-receipt',
  kind: 'command',
  summary: 'Confirms that the answers of a batch arrived whole; they are deleted 14 days later',
  input: z.strictObject({ batchId: z.uuid(), resultSha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  output: z.object({ state: z.enum(BATCH_STATES) }),
  refusals: [...refusals(jukiNetProblems, 'BATCH_STATE', 'HASH_MISMATCH'), ...refusals(platformProblems, 'NOT_FOUND')],
});

export class ConfirmBatchReceipt implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(
    private readonly batches: BatchStore,
    private readonly outFiles: OutFileStore,
  ) {}

  async execute(ctx: Ctx, { batchId, resultSha256 }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const batch = requireOwn(ctx, await this.batches.lock(ctx.db, batchId));
    if (batch.state === 'RECEIPT_CONFIRMED') return { state: batch.state };
    if (!mayBecome(batch.state, 'RECEIPT_CONFIRMED')) throw jukiNetProblems.refuse('BATCH_STATE', { facts: { state: batch.state } });
    if (batch.result_sha256?.toString('hex') !== resultSha256) throw jukiNetProblems.refuse('HASH_MISMATCH');
    await tellState(ctx, await this.batches.setState(ctx.db, batchId, { state: 'RECEIPT_CONFIRMED', at: ctx.now }));
    await this.outFiles.receivedWith(ctx.db, batchId, ctx.now);
    return { state: 'RECEIPT_CONFIRMED' };
  }
}
