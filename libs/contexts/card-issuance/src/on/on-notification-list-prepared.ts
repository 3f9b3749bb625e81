import { notificationListPrepared } from '#contracts/numbering';
import { onEvent, type EventHandler } from '#platform';
import type { DelegationStore } from '../delegation/delegation.store.js';
import { delegatedOf } from '../delegation/require-delegated.js';
import type { MailingPlanStore } from '../mailing/mailing-plan.store.js';
import { startPlanning } from '../mailing/start-mailing-plan.js';

/** The list of a municipality is complete: its envelopes are planned by a job, which asks for the people page by page; without a delegation the list waits (CARD-4.1 R2). */
export function onNotificationListPrepared(plans: MailingPlanStore, delegations: DelegationStore): EventHandler {
  return onEvent(notificationListPrepared, async (ctx, { data }) => {
    if (!(await plans.add(ctx.db, { ...data, baseDate: data.baseDate, now: ctx.now }))) return;
    const delegated = await delegatedOf(ctx, delegations, [data.municipalityCode], 'NOTIFICATION_CARD_PRINT_MAIL');
    if (delegated.has(data.municipalityCode)) await startPlanning(ctx, plans, data);
  });
}
