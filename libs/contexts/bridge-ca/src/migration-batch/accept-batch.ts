import { createHash } from 'node:crypto';
import { z } from 'zod';
import { bridgeCaProblems, migrationBatchAccepted } from '#contracts/bridge-ca';
import { officerOf, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { batchId, byBatch, detachedSignature, lockedBatch, requireSignature, stepped } from './batch-view.js';
import type { BatchStore } from './migration-batch.store.js';

const spec = useCase({
  action: 'bridge-ca.migration-batch.accept',
  kind: 'command',
  summary: 'The prefecture accepts the reconciliation by its detached signature over the statement',
  input: byBatch.extend({ signature: detachedSignature.describe('CMS SignedData over the octets of the statement, DER') }),
  output: z.object({ batchId, state: z.literal('ACCEPTED') }),
  refusals: [...refusals(bridgeCaProblems, 'NOT_IN_STATE', 'SIGNATURE_INVALID'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** JPKI-3.12: RECONCILED -> ACCEPTED, by the prefecture alone. */
export class AcceptBatch implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly batches: BatchStore) {}

  async execute(ctx: Ctx, { batchId: id, signature }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const batch = await lockedBatch(ctx, this.batches, id);
    const accepted = stepped(batch, 'ACCEPT', { acceptance: signature, acceptedBy: officerOf(ctx), told: batch.told + 1 });
    requireSignature(batch, signature, createHash('sha256').update(batch.statement ?? '').digest());
    await this.batches.save(ctx.db, accepted, ctx.now);
    ctx.audit({ object: `migration-batch:${id}`, facts: { from: batch.state, to: accepted.state } });
    ctx.emit(migrationBatchAccepted, { aggregateId: id, sequence: accepted.told, data: { batchId: id, prefecture: batch.prefecture, records: batch.lines ?? 0, at: ctx.now.toISOString() } });
    return { batchId: id, state: 'ACCEPTED' };
  }
}
