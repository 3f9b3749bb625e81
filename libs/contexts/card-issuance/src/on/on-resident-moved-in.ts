import { localDateInJapan, toLocalDate } from '#kernel';
import { residentMovedIn } from '#contracts/juki-net';
import { onEvent, type EventHandler } from '#platform';
import { followPerson, type FollowStores } from './follow-person.js';

/** A move-in ends applications of the former municipality and starts the time for continued use (CARD-4.3, CARD-4.10). */
export function onResidentMovedIn(stores: FollowStores): EventHandler {
  return onEvent(residentMovedIn, async (ctx, { data, time }) => {
    const { personKey, factVersion, municipalityCode, factDate } = data;
    await followPerson(ctx, stores, { personKey, factVersion, municipalityCode, kind: 'MOVED_IN', on: toLocalDate(factDate), toldOn: localDateInJapan(new Date(time)) });
  });
}
