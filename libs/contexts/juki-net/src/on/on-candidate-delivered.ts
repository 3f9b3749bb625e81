import { candidateDelivered } from '#contracts/numbering';
import { onEvent, queueJob, type EventHandler } from '#platform';
import { NUMBER_BATCH_JOB } from '../number/take-in-batch.js';

/** The numbers of a batch are ready. Tentative ones are no identity information before they are designated (NUM-3). */
export function onCandidateDelivered(): EventHandler {
  return onEvent(candidateDelivered, async (ctx, { data, time }) => {
    if (data.mode === 'TENTATIVE') return;
    const jobId = await queueJob(ctx, NUMBER_BATCH_JOB, { batchId: data.batchId, count: data.count, deliveredAt: time });
    ctx.audit({ object: `number-batch:${data.batchId}`, facts: { jobId, count: data.count } });
  });
}
