import { numberChanged } from '#contracts/numbering';
import { onEvent, type EventHandler } from '#platform';
import { BEFORE_HANDOVER, isInUse } from '../card/card.js';
import { endCards } from '../card/end-card.js';
import { moveCards } from '../card/move-cards.js';
import { settleSession } from '../handover/settle-session.js';
import { reorderApplications } from '../production/reorder-applications.js';
import type { FollowStores } from './follow-person.js';

/**
 * A card with the former number ends (CARD-4.9). The register tells it too, and either may be the first; a card ordered after the
 * change was made of the new number, so the day of the order decides, not the order of arrival (CARD-4.13).
 */
export function onNumberChanged(stores: FollowStores): EventHandler {
  return onEvent(numberChanged, async (ctx, { data: { personKey, at } }) => {
    await stores.facts.lockPerson(ctx.db, personKey);
    for (const cardSerial of await stores.cards.orderedBefore(ctx.db, personKey, new Date(at))) {
      const session = await stores.handovers.lockOpenOfCard(ctx.db, cardSerial);
      if (session !== undefined) await settleSession(ctx, stores, session, 'FACTS_CHANGED');
      const card = await stores.cards.lock(ctx.db, cardSerial);
      if (card === undefined) continue;
      if (isInUse(card.state)) await endCards(ctx, stores, [card], { to: 'ABOLISHED', reason: 'NUMBER_CHANGED' });
      if (!BEFORE_HANDOVER.includes(card.state)) continue;
      await moveCards(ctx, stores.cards, [card], { to: 'WITHHELD', reason: 'NUMBER_CHANGED' });
      await reorderApplications(ctx, stores.applications, [card.applicationId]);
    }
    ctx.audit({ object: `person:${personKey}`, subjects: [personKey], facts: { change: 'NUMBER_CHANGED' } });
  });
}
