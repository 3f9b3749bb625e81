import { numberChanged } from '#contracts/numbering';
import { onEvent, type EventHandler } from '#platform';
import type { NotificationCardStore } from '../notification-card/notification-card.store.js';

/** The notification card of the former number ends (Number Act art. 7 par. 7); the municipality issues the next. */
export function onFormerNumber(cards: NotificationCardStore): EventHandler {
  return onEvent(numberChanged, async (ctx, { data: { personKey, newAssignmentId } }) => {
    if (await cards.changeNumber(ctx.db, personKey, newAssignmentId)) ctx.audit({ object: `person:${personKey}`, subjects: [personKey], facts: { notificationCard: 'NUMBER_CHANGED' } });
  });
}
