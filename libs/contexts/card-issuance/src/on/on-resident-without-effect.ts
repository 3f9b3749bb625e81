import { residentEntered, residentMinorCorrection } from '#contracts/juki-net';
import { onEvent, type EventHandler } from '#platform';
import { followPerson, noticeOf, type FollowStores } from './follow-person.js';

/** A closed record was opened again: a move-out that did not happen (JUKI-4.3). */
const RESTORATION = '15';

/** They change no card but for the deadlines of a move that is taken back; they are followed because later changes wait for their versions (CARD-4.13). */
export function onResidentsWithoutEffect(stores: FollowStores): EventHandler[] {
  return [residentEntered, residentMinorCorrection].map((definition) =>
    onEvent(definition, (ctx, event) => followPerson(ctx, stores, { ...noticeOf(event), kind: event.data.reason === RESTORATION ? 'RESTORED' : 'NO_EFFECT' })),
  );
}
