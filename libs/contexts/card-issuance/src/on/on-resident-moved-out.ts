import { localDateInJapan, toLocalDate } from '#kernel';
import { residentMovedOut } from '#contracts/juki-net';
import { onEvent, type EventHandler } from '#platform';
import { afterDeparture } from '../card/person-change.js';
import { followPerson, type FollowStores } from './follow-person.js';

/** A move-out voids what was applied for there; the card waits for the move-in to be notified; a move abroad ends it (CARD-4.3, 4.9, 4.10). */
export function onResidentMovedOut(stores: FollowStores): EventHandler {
  return onEvent(residentMovedOut, async (ctx, { data, time }) => {
    const { personKey, factVersion, municipalityCode, factDate, abroad } = data;
    const [on, toldOn] = [toLocalDate(factDate), localDateInJapan(new Date(time))];
    await followPerson(ctx, stores, { personKey, factVersion, municipalityCode, ...afterDeparture(abroad, on, toldOn), on, toldOn });
  });
}
