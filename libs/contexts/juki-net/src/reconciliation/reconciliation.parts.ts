import { route, type ContextParts, type Platform } from '#platform';
import { CompareBuckets } from './compare-buckets.js';
import { CompleteRun } from './complete-run.js';
import { DifferenceStore } from './difference.store.js';
import { dropAbandonedRuns } from './drop-abandoned-runs.js';
import { ExplainDifference } from './explain-difference.js';
import { GetReconciliation, ListDifferences } from './follow-reconciliation.js';
import { LeafStore } from './leaf.store.js';
import { ListMissingRuns } from './list-missing-runs.js';
import { ListReconciliations } from './list-reconciliations.js';
import { OpenReconciliation } from './open-reconciliation.js';
import { ReconciliationStore } from './reconciliation.store.js';
import { TakeInLeaves } from './take-in-leaves.js';

/** Comparison of the copies (JUKI-4.6). */
export function reconciliationParts({ cipher }: Platform): Partial<ContextParts> {
  const runs = new ReconciliationStore();
  const leaves = new LeafStore(cipher);
  const differences = new DifferenceStore(cipher);
  const completion = new CompleteRun(runs, differences);
  return {
    http: [
      route('POST', '/reconciliations', new OpenReconciliation(runs), { status: 202 }),
      route('GET', '/reconciliations', new ListReconciliations(runs)),
      route('GET', '/missing-reconciliations', new ListMissingRuns(runs)),
      route('GET', '/reconciliations/:runId', new GetReconciliation(runs, differences)),
      route('PUT', '/reconciliations/:runId/buckets/:bucket', new TakeInLeaves({ runs, leaves, differences, completion }), { upload: ['text/csv'] }),
      route('GET', '/reconciliations/:runId/differences', new ListDifferences(runs, differences)),
      route('PUT', '/reconciliation-differences/:differenceId/explanation', new ExplainDifference(differences)),
    ],
    jobs: [new CompareBuckets(runs, leaves, completion)],
    schedules: [dropAbandonedRuns(runs, leaves)],
  };
}
