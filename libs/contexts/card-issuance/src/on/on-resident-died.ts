import { localDateInJapan, toLocalDate } from '#kernel';
import { residentDied } from '#contracts/juki-net';
import { onEvent, type EventHandler } from '#platform';
import { followPerson, type FollowStores } from './follow-person.js';

/** Death ends application and card (CARD-4.9). */
export function onResidentDied(stores: FollowStores): EventHandler {
  return onEvent(residentDied, async (ctx, { data, time }) => {
    const { personKey, factVersion, municipalityCode, factDate } = data;
    await followPerson(ctx, stores, { personKey, factVersion, municipalityCode, kind: 'ENDED', abolish: 'DEATH', on: toLocalDate(factDate), toldOn: localDateInJapan(new Date(time)) });
  });
}
