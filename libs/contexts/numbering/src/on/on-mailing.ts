import { mailingCancelled, mailingCollected, mailingDelivered, mailingDiscarded, mailingReturned } from '#contracts/card-issuance';
import { onEvent, type EventHandler } from '#platform';
import { followMailing } from '../delivery-target/delivery-target.js';
import type { DeliveryTargetStore } from '../delivery-target/delivery-target.store.js';

/** What becomes of the envelopes of a notification list (NUM-3.5: RETURNED_ITEMS, CLOSED); those that name no list concern none. */
export function onMailing(targets: DeliveryTargetStore): EventHandler[] {
  const follow = (definition: typeof mailingReturned, kind: 'RETURNED' | 'SETTLED'): EventHandler =>
    onEvent(definition, async (ctx, { data: { setId, members } }) => {
      const before = setId === undefined ? undefined : await targets.lockMailed(ctx.db, setId);
      if (setId === undefined || before === undefined) return;
      const after = followMailing(before, { kind, members });
      await targets.setMailed(ctx.db, setId, after);
      if (after.state !== before.state) ctx.audit({ object: `delivery-target-set:${setId}`, facts: { from: before.state, to: after.state } });
    });
  return [follow(mailingReturned, 'RETURNED'), ...[mailingDelivered, mailingCollected, mailingDiscarded, mailingCancelled].map((definition) => follow(definition, 'SETTLED'))];
}
