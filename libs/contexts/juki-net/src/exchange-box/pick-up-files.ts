import { queueJob, type Schedule } from '#platform';
import { PICK_UP_EVERY_MS } from './exchange-box.js';
import type { InFileStore } from './in-file.store.js';
import { standReady } from './stand-ready.js';

export const PICK_UP_JOB = 'juki-net.exchange-file';

/** Every five minutes: a job for each file that waits, so that one which cannot be worked on holds up no other (JUKI-5.3). */
export function pickUpFiles(inFiles: InFileStore): Schedule {
  return {
    name: 'exchange-box.pick-up',
    due: everyFiveMinutes,
    run: async (ctx) => {
      for (const fileId of await inFiles.unqueued(ctx.db)) await inFiles.queue(ctx.db, fileId, await queueJob(ctx, PICK_UP_JOB, { fileId }));
    },
  };
}

/** Every five minutes: results of dropped matchings whose cases the officers have decided (IMOT). */
export function collectMatches(inFiles: InFileStore): Schedule {
  return {
    name: 'exchange-box.collect-matches',
    due: everyFiveMinutes,
    run: async (ctx) => {
      for (const { institution, organisation, reference, purpose, grantId, matchId, cases } of await inFiles.decidedMatches(ctx.db)) {
        await standReady(ctx, { institution, organisation, kind: 'IMOT', purpose, grantId: grantId ?? undefined, reference, sourceId: matchId, lines: cases });
      }
    },
  };
}

export function everyFiveMinutes(last: string | undefined, now: Date): string | undefined {
  const occasion = new Date(Math.floor(now.getTime() / PICK_UP_EVERY_MS) * PICK_UP_EVERY_MS).toISOString();
  return last === occasion ? undefined : occasion;
}
