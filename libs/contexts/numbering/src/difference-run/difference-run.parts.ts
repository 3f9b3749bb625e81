import { route, type ContextParts } from '#platform';
import type { Numbers } from '../numbers.js';
import { CompareDifference, repeatDifferenceRuns } from './compare-difference.js';
import { DifferenceRunStore } from './difference-run.store.js';
import { ReadDifferenceRun, SubmitDifference } from './submit-difference.js';

/** Who is still without a number (NUM-4.7). */
export function differenceRunParts({ assignments, batches, realm, waves }: Numbers): Partial<ContextParts> {
  const runs = new DifferenceRunStore(assignments);
  const comparison = new CompareDifference(runs, batches, waves);
  return {
    http: [
      route('POST', '/difference-runs', new SubmitDifference(runs, waves, comparison, realm), { status: 202, upload: ['text/csv'] }),
      route('GET', '/difference-runs/:runId', new ReadDifferenceRun(runs)),
    ],
    jobs: [comparison],
    schedules: [repeatDifferenceRuns(runs)],
  };
}
