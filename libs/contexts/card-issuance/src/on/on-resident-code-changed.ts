import { localDateInJapan, toLocalDate } from '#kernel';
import { residentCodeChanged } from '#contracts/juki-net';
import { onEvent, type EventHandler } from '#platform';
import { followPerson, type FollowStores } from './follow-person.js';

/** The card carries the resident code in its chip: with a new code it ends (CARD-4.9). */
export function onResidentCodeChanged(stores: FollowStores): EventHandler {
  return onEvent(residentCodeChanged, async (ctx, { data, time }) => {
    const { personKey, factVersion, municipalityCode, factDate } = data;
    await followPerson(ctx, stores, { personKey, factVersion, municipalityCode, kind: 'FACE_CHANGED', abolish: 'JUKI_CODE_CHANGED', on: toLocalDate(factDate), toldOn: localDateInJapan(new Date(time)) });
  });
}
