import { residentRecordDeleted } from '#contracts/juki-net';
import { onEvent, type EventHandler } from '#platform';
import { afterDeletion } from '../card/person-change.js';
import { followPerson, noticeOf, type FollowStores } from './follow-person.js';

/** A record was deleted, the person's only one or one beside another (CARD-4.9). */
export function onResidentRecordDeleted(stores: FollowStores): EventHandler {
  return onEvent(residentRecordDeleted, (ctx, event) =>
    followPerson(ctx, stores, { ...noticeOf(event), ...afterDeletion(event.data.municipalityCode, event.data.returnsTo) }));
}
