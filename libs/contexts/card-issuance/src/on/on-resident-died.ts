import { residentDied } from '#contracts/juki-net';
import { onEvent, type EventHandler } from '#platform';
import { followPerson, noticeOf, type FollowStores } from './follow-person.js';

/** Death ends application and card (CARD-4.9). */
export function onResidentDied(stores: FollowStores): EventHandler {
  return onEvent(residentDied, (ctx, event) => followPerson(ctx, stores, { ...noticeOf(event), kind: 'ENDED', abolish: 'DEATH' }));
}
