import { jukiNetProblems } from '#contracts/juki-net';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { tellState } from '../batch/batch-event.js';
import { mayBecome } from '../batch/batch.js';
import type { BatchStore } from '../batch/batch.store.js';
import { OUT_STATES, stateAfter } from './exchange-box.js';
import { requireOwnFile } from './fetch-file.js';
import type { OutFileStore } from './out-file.store.js';

const spec = useCase({
  action: 'juki-net.exchange-file.confirm',
  kind: 'command',
  summary: 'Confirms that a file of the box arrived whole, by the hash of its detail records; with the whole answers of a batch the batch is confirmed',
  input: z.strictObject({ fileId: z.uuid(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  output: z.object({ state: z.enum(OUT_STATES) }),
  refusals: [...refusals(jukiNetProblems, 'EXCHANGE_FILE_STATE', 'HASH_MISMATCH'), ...refusals(platformProblems, 'NOT_FOUND')],
});

export class ConfirmFile implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(
    private readonly outFiles: OutFileStore,
    private readonly batches: BatchStore,
  ) {}

  async execute(ctx: Ctx, { fileId, sha256 }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { kind, sourceId, firstLine } = requireOwnFile(ctx, await this.outFiles.find(ctx.db, fileId));
    const batchId = (kind === 'BRES' || kind === 'CFED') && firstLine === null ? sourceId : undefined;
    const batch = batchId === undefined ? undefined : await this.batches.lock(ctx.db, batchId);
    const file = found(await this.outFiles.lock(ctx.db, fileId));
    const state = stateAfter(file.state, 'RECEIVE');
    if (state === undefined) throw jukiNetProblems.refuse('EXCHANGE_FILE_STATE', { facts: { state: file.state } });
    if (file.sha256?.toString('hex') !== sha256) throw jukiNetProblems.refuse('HASH_MISMATCH');
    if (file.state === state) return { state };
    await this.outFiles.received(ctx.db, fileId, ctx.now);
    ctx.audit({ object: `exchange-file:${fileId}`, facts: { kind, from: file.state, to: state } });
    if (batch !== undefined && mayBecome(batch.state, 'RECEIPT_CONFIRMED')) await tellState(ctx, await this.batches.setState(ctx.db, batch.batch_id, { state: 'RECEIPT_CONFIRMED', at: ctx.now }));
    return { state };
  }
}
