import { localDateInJapan } from '#kernel';
import { residentRecordDeleted } from '#contracts/juki-net';
import { onEvent, type EventHandler } from '#platform';
import { followPerson, type FollowStores } from './follow-person.js';

/** A deleted record ends application and card (CARD-4.9). */
export function onResidentRecordDeleted(stores: FollowStores): EventHandler {
  return onEvent(residentRecordDeleted, async (ctx, { data, time }) => {
    const { personKey, factVersion, municipalityCode } = data;
    await followPerson(ctx, stores, { personKey, factVersion, municipalityCode, kind: 'ENDED', abolish: 'RECORD_DELETED', toldOn: localDateInJapan(new Date(time)) });
  });
}
