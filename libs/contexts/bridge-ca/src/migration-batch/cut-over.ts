import { z } from 'zod';
import { bridgeCaProblems, migrationCutOver } from '#contracts/bridge-ca';
import { localDateInJapan } from '#kernel';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { prefecturalId } from '../authority/authority.js';
import { anotherOfficer, type Generations } from '../authority/generations.js';
import { batchId, byBatch, lockedBatch, stepped } from './batch-view.js';
import { issueAtOnce } from './issue-lists.js';
import type { BatchStore } from './migration-batch.store.js';
import { isDoubleRunDone } from './migration-batch.js';
import type { PrefecturalLists } from './prefectural-lists.js';

const spec = useCase({
  action: 'bridge-ca.migration-batch.cut-over',
  kind: 'command',
  summary: 'Another officer ends the former system: from now on the agency issues the prefecture\'s lists from the records, and its authority issues no certificate',
  input: byBatch,
  output: z.object({ batchId, state: z.literal('CUT_OVER') }),
  refusals: [
    ...refusals(bridgeCaProblems, 'CONTINUITY_MISSING', 'DOUBLE_RUN_INCOMPLETE', 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED', 'SAME_OFFICER'),
    ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION', 'UNAVAILABLE'),
  ],
});

/** JPKI-3.12, 4.12: ACCEPTED -> CUT_OVER, after seven days on which the lists of both systems were the same. */
export class CutOver implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly batches: BatchStore,
    private readonly lists: PrefecturalLists,
    private readonly generations: Generations,
  ) {}

  async execute(ctx: Ctx, { batchId: id }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const batch = await lockedBatch(ctx, this.batches, id);
    anotherOfficer(ctx, batch.plannedBy);
    const over = stepped(batch, 'CUT_OVER', { told: batch.told + 1 });
    if (!isDoubleRunDone(await this.batches.doubleRuns(ctx.db, id), localDateInJapan(ctx.now))) throw bridgeCaProblems.refuse('DOUBLE_RUN_INCOMPLETE');
    if ((await this.lists.signers(ctx, batch)).length === 0) throw bridgeCaProblems.refuse('CONTINUITY_MISSING');
    await this.batches.save(ctx.db, over, ctx.now);
    await this.retire(ctx, prefecturalId(batch.prefecture));
    await issueAtOnce(ctx, batch.prefecture);
    ctx.audit({ object: `migration-batch:${id}`, facts: { from: batch.state, to: over.state, continuity: batch.continuity } });
    ctx.emit(migrationCutOver, { aggregateId: id, sequence: over.told, data: { batchId: id, prefecture: batch.prefecture, continuity: batch.continuity, at: ctx.now.toISOString() } });
    return { batchId: id, state: 'CUT_OVER' };
  }

  /** RETIRING: lists and nothing else (JPKI-3.1). */
  private async retire(ctx: Ctx, authorityId: string): Promise<void> {
    await this.generations.lock(ctx, authorityId);
    const active = await this.generations.store.active(ctx.db, authorityId);
    if (active !== undefined) await this.generations.move(ctx, active, 'RETIRING');
  }
}
