import { residentMovedOut } from '#contracts/juki-net';
import { onEvent, type EventHandler } from '#platform';
import { afterDeparture } from '../card/person-change.js';
import { followPerson, noticeOf, type FollowStores } from './follow-person.js';

/** A move-out voids what was applied for there; the card waits for the move-in to be notified; a move abroad ends it (CARD-4.3, 4.9, 4.10). */
export function onResidentMovedOut(stores: FollowStores): EventHandler {
  return onEvent(residentMovedOut, async (ctx, event) => {
    const notice = noticeOf(event);
    await followPerson(ctx, stores, { ...notice, ...afterDeparture(event.data.abroad, notice.on, notice.toldOn) });
  });
}
