import { notificationListPrepared } from '#contracts/numbering';
import { onEvent, queueJob } from '#platform';

/** The list of a municipality is complete: its envelopes are planned by a job, which asks for the people page by page. */
export const onNotificationListPrepared = onEvent(notificationListPrepared, async (ctx, { data }) => {
  await queueJob(ctx, 'plan-mailings', { setId: data.setId, municipalityCode: data.municipalityCode });
});
