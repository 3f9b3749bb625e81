import { route, type ContextParts, type Platform } from '#platform';
import { ApproveLot, drawRetentionLots, GetLot, ListLots } from './manage-lots.js';
import { PurgeLot } from './purge-lot.js';
import { RetentionStore } from './retention.store.js';

/** What is over is purged in lots (JUKI-4.11). */
export function retentionParts({ cipher }: Platform): Partial<ContextParts> {
  const lots = new RetentionStore(cipher);
  return {
    http: [
      route('GET', '/retention-lots', new ListLots(lots)),
      route('GET', '/retention-lots/:lotId', new GetLot(lots)),
      route('POST', '/retention-lots/:lotId/approval', new ApproveLot(lots)),
    ],
    jobs: [new PurgeLot(lots)],
    schedules: [drawRetentionLots(lots)],
  };
}
