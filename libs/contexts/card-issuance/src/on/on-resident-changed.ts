import { residentChanged } from '#contracts/juki-net';
import { onEvent, type EventHandler } from '#platform';
import { changesFace } from '../production/face.js';
import { followPerson, noticeOf, type FollowStores } from './follow-person.js';

/** Change reasons 43 and 44 of the register: another number; the first one (42) no card shows before. */
const NUMBER_CHANGED: readonly string[] = ['43', '44'];

/** Changed items of the face withhold a card that still shows the old ones; a reading is not among them; a changed number ends the card in use (CARD-4.7, CARD-4.9). */
export function onResidentChanged(stores: FollowStores): EventHandler {
  return onEvent(residentChanged, async (ctx, event) => {
    const { reason, fields } = event.data;
    const effect = NUMBER_CHANGED.includes(reason) ? ({ kind: 'FACE_CHANGED', abolish: 'NUMBER_CHANGED' } as const) : ({ kind: changesFace(fields) ? 'FACE_CHANGED' : 'NO_EFFECT' } as const);
    await followPerson(ctx, stores, { ...noticeOf(event), ...effect });
  });
}
