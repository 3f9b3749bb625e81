import { localDateInJapan, toLocalDate } from '#kernel';
import { residentRecordDeleted } from '#contracts/juki-net';
import { onEvent, type EventHandler } from '#platform';
import { afterDeletion } from '../card/person-change.js';
import { followPerson, type FollowStores } from './follow-person.js';

/** A record was deleted, the person's only one or one beside another (CARD-4.9). */
export function onResidentRecordDeleted(stores: FollowStores): EventHandler {
  return onEvent(residentRecordDeleted, async (ctx, { data, time }) => {
    const { personKey, factVersion, municipalityCode, factDate, returnsTo } = data;
    await followPerson(ctx, stores, { personKey, factVersion, ...afterDeletion(municipalityCode, returnsTo), on: toLocalDate(factDate), toldOn: localDateInJapan(new Date(time)) });
  });
}
