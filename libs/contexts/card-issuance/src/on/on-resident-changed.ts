import { localDateInJapan } from '#kernel';
import { residentChanged } from '#contracts/juki-net';
import { onEvent, type EventHandler } from '#platform';
import { followPerson, type FollowStores } from './follow-person.js';

/** Change reasons of the register: 42 first number, which no card shows before; 43 and 44 another number. */
const NUMBER_DESIGNATED = '42';
const NUMBER_CHANGED: readonly string[] = ['43', '44'];

/** Changed items withhold a card that still shows the old ones; a changed number ends the card in use (CARD-4.7, CARD-4.9). */
export function onResidentChanged(stores: FollowStores): EventHandler {
  return onEvent(residentChanged, async (ctx, { data, time }) => {
    const { personKey, factVersion, municipalityCode, reason } = data;
    if (reason === NUMBER_DESIGNATED) return;
    const abolish = NUMBER_CHANGED.includes(reason) ? { abolish: 'NUMBER_CHANGED' as const } : {};
    await followPerson(ctx, stores, { personKey, factVersion, municipalityCode, kind: 'FACE_CHANGED', ...abolish, toldOn: localDateInJapan(new Date(time)) });
  });
}
