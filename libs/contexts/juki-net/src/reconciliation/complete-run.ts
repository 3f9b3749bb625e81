import { reconciliationCompleted } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import type { Ctx } from '#platform';
import type { DifferenceStore } from './difference.store.js';
import type { DifferenceClass } from './reconciliation.js';
import type { ReconciliationStore, Run } from './reconciliation.store.js';

/** Ends a run whose buckets are all equal or descended: what it did not find is resolved, and its outcome is published. */
export class CompleteRun {
  constructor(
    private readonly runs: ReconciliationStore,
    private readonly differences: DifferenceStore,
  ) {}

  async complete(ctx: Ctx, { runId, municipalityCode }: Run, compared: number): Promise<void> {
    const resolved = await this.differences.resolveOthers(ctx.db, { runId, municipalityCode });
    const counts = await this.differences.counts(ctx.db, runId, localDateInJapan(ctx.now));
    const found = (kind: DifferenceClass): number => counts.find((row) => row.class === kind)?.found ?? 0;
    const differences = { MISSING_UP: found('MISSING_UP'), MISSING_DOWN: found('MISSING_DOWN'), STALE: found('STALE'), CONTENT: found('CONTENT') };
    await this.runs.setState(ctx.db, runId, { state: 'COMPLETED', compared, at: ctx.now });
    ctx.emit(reconciliationCompleted, { aggregateId: runId, sequence: 1, data: { runId, municipalityCode, compared, resolved, differences } });
  }
}
