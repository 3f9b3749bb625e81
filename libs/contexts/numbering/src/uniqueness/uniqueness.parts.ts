import { route, type ContextParts, type Platform } from '#platform';
import { DisputeStore } from '../dispute/dispute.store.js';
import type { Numbers } from '../numbers.js';
import { CheckUniqueness } from './check-uniqueness.js';
import { ClearUniquenessRun, ListUniquenessRuns, ReadUniquenessRun, StartUniquenessRun } from './clear-run.js';
import { passDaily, PassUniqueness } from './pass-uniqueness.js';
import { UniquenessRunStore } from './uniqueness-run.store.js';
import { UniquenessStore } from './uniqueness.store.js';

/** That no number is twice (NUM-7). */
export function uniquenessParts({ cipher }: Platform, { assignments, drawing, realm }: Numbers): Partial<ContextParts> {
  const runs = new UniquenessRunStore();
  const parts = { runs, rows: new UniquenessStore(cipher, assignments, realm === 'training'), heads: drawing.heads, disputes: new DisputeStore() };
  return {
    http: [
      route('GET', '/uniqueness', new CheckUniqueness()),
      route('POST', '/uniqueness-runs', new StartUniquenessRun(runs), { status: 202 }),
      route('GET', '/uniqueness-runs', new ListUniquenessRuns(runs)),
      route('GET', '/uniqueness-runs/:runId', new ReadUniquenessRun(runs)),
      route('POST', '/uniqueness-runs/:runId/clearance', new ClearUniquenessRun(runs)),
    ],
    jobs: [new PassUniqueness(parts)],
    schedules: [passDaily(parts)],
  };
}
