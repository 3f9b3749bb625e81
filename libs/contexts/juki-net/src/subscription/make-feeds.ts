import { toLocalDate } from '#kernel';
import { daily, findJob, queueJob, uuidv7, type Ctx, type Schedule } from '#platform';
import { dueAfter, type Subscription } from './subscription.js';
import type { SubscriptionStore } from './subscription.store.js';

export const FEED_JOB = 'juki-net.change-feed';

/** Once a day, a job for each subscription whose day it is, or was while nothing ran (JUKI-3.5). */
export function makeFeeds(subscriptions: SubscriptionStore): Schedule {
  return daily('change-feed.make', async (ctx, day) => {
    for (const subscription of await subscriptions.due(ctx.db, toLocalDate(day))) {
      const nextOn = dueAfter(subscription.calendar, toLocalDate(day));
      await subscriptions.setJob(ctx.db, { ...subscription, nextOn, ...(await jobOf(ctx, subscription, day)) });
    }
  });
}

/** A job still under way will tell today's changes too. One that failed or was cancelled is followed by another, which goes on with its file. */
async function jobOf(ctx: Ctx, { subscriptionId, jobId, batchId, persons }: Subscription, day: string): Promise<Pick<Subscription, 'jobId' | 'batchId'>> {
  const earlier = jobId === null ? undefined : await findJob(ctx.db, jobId);
  if (earlier?.state === 'QUEUED' || earlier?.state === 'RUNNING') return { jobId, batchId };
  const isBroken = earlier?.state === 'FAILED' || earlier?.state === 'CANCELLED';
  const file = isBroken && batchId !== null ? batchId : uuidv7();
  return { jobId: await queueJob(ctx, FEED_JOB, { subscriptionId, batchId: file, day, persons }), batchId: file };
}
