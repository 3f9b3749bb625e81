import { crlStale } from '#contracts/jpki-ca';
import { log, queueJob, type Ctx, type Schedule } from '#platform';
import { frozenLongEnough, lateness, LATENESS, type Lateness } from './crl.js';
import { ISSUE_CRLS } from './issue-crls.params.js';
import type { ListWatchStore, WatchedList } from './list-watch.store.js';

const DAY_MS = 86_400_000;

/** Each hour: what failed is tried again, who runs the service is told of lists without a successor, verifiers of those that ended; partitions that are over are closed (JPKI 3.7, 4.8). */
export function listWatch(lists: ListWatchStore): Schedule {
  return {
    name: 'list-watch',
    due: (last, now) => {
      const hour = now.toISOString().slice(0, 13);
      return last === hour ? undefined : hour;
    },
    run: async (ctx) => {
      await tryAgain(ctx, lists);
      const late = await lists.endingBefore(ctx.db, new Date(ctx.now.getTime() + DAY_MS));
      for (const level of LATENESS) alarm(ctx, level, late.filter(({ nextUpdate }) => lateness(nextUpdate, ctx.now) === level));
      for (const { ca, partition, number, nextUpdate } of await lists.takeStale(ctx.db, ctx.now)) {
        ctx.emit(crlStale, { aggregateId: `${partition}:${number}`, sequence: 1, data: { ca, partition, number, nextUpdate: nextUpdate.toISOString() } });
      }
      await lists.close(ctx.db, frozenLongEnough(ctx.now));
    },
  };
}

async function tryAgain(ctx: Ctx, lists: ListWatchStore): Promise<void> {
  const failed = await lists.failed(ctx.db);
  for (const scheduled of [true, false]) {
    const partitionIds = failed.filter((one) => one.scheduled === scheduled).map(({ partition }) => partition);
    if (partitionIds.length > 0) await queueJob(ctx, ISSUE_CRLS, { partitionIds, scheduled });
  }
}

function alarm(ctx: Ctx, level: Lateness, late: readonly WatchedList[]): void {
  const [first] = late;
  if (first === undefined) return;
  log.error('alarm: revocation lists have no successor yet', { action: 'jpki-ca.list-watch', code: `CRL_${level}`, count: late.length });
  ctx.audit({ object: `crl:${first.partition}:${first.number}`, facts: { alarm: `CRL_${level}`, count: late.length } });
}
