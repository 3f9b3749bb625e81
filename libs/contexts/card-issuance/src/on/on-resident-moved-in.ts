import { residentMovedIn } from '#contracts/juki-net';
import { onEvent, type EventHandler } from '#platform';
import { followPerson, noticeOf, type FollowStores } from './follow-person.js';

/** A move-in ends applications of the former municipality and starts the time for continued use (CARD-4.3, CARD-4.10). */
export function onResidentMovedIn(stores: FollowStores): EventHandler {
  return onEvent(residentMovedIn, (ctx, event) => followPerson(ctx, stores, { ...noticeOf(event), kind: 'MOVED_IN' }));
}
