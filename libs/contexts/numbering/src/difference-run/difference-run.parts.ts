import { route, type ContextParts } from '#platform';
import { TAKES_FILES } from '../exchange/file-exchange.js';
import type { Numbers } from '../numbers.js';
import { CompareDifference, repeatDifferenceRuns } from './compare-difference.js';
import { DifferenceRunStore } from './difference-run.store.js';
import { ReadDifferenceRun, SubmitDifference } from './submit-difference.js';

/** Who is still without a number (NUM-4.7). */
export function differenceRunParts({ assignments, batches, files, realm, waves }: Numbers): Partial<ContextParts> {
  const runs = new DifferenceRunStore(assignments);
  const comparison = new CompareDifference(runs, batches, waves);
  return {
    http: [
      route('POST', '/difference-runs', new SubmitDifference({ runs, waves, comparison, files }, realm), { status: 202, ...TAKES_FILES }),
      route('GET', '/difference-runs/:runId', new ReadDifferenceRun(runs)),
    ],
    jobs: [comparison],
    schedules: [repeatDifferenceRuns(runs)],
  };
}
