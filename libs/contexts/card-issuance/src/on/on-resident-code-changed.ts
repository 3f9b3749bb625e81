import { residentCodeChanged } from '#contracts/juki-net';
import { onEvent, type EventHandler } from '#platform';
import { followPerson, noticeOf, type FollowStores } from './follow-person.js';

/** The card carries the resident code in its chip: with a new code it ends (CARD-4.9). */
export function onResidentCodeChanged(stores: FollowStores): EventHandler {
  return onEvent(residentCodeChanged, (ctx, event) => followPerson(ctx, stores, { ...noticeOf(event), kind: 'FACE_CHANGED', abolish: 'JUKI_CODE_CHANGED' }));
}
