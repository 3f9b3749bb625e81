import { localDateInJapan } from '#kernel';
import { residentMovedOut } from '#contracts/juki-net';
import { onEvent, type EventHandler } from '#platform';
import { followPerson, type FollowStores } from './follow-person.js';

/** A move-out voids what was applied for there; a move abroad ends the card (CARD-4.3, CARD-4.9). */
export function onResidentMovedOut(stores: FollowStores): EventHandler {
  return onEvent(residentMovedOut, async (ctx, { data, time }) => {
    const { personKey, factVersion, municipalityCode, abroad } = data;
    const toldOn = localDateInJapan(new Date(time));
    await followPerson(ctx, stores, { personKey, factVersion, municipalityCode, toldOn, ...(abroad ? { kind: 'ENDED', abolish: 'MOVED_ABROAD' } : { kind: 'MOVED_OUT' }) });
  });
}
