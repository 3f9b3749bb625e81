import { localDateInJapan } from '#kernel';
import { residentEntered, residentMinorCorrection } from '#contracts/juki-net';
import { onEvent, type EventHandler } from '#platform';
import { followPerson, type FollowStores } from './follow-person.js';

/** They change no card; they are followed because later changes wait for their versions (CARD-4.13). */
export function onResidentsWithoutEffect(stores: FollowStores): EventHandler[] {
  return [residentEntered, residentMinorCorrection].map((definition) =>
    onEvent(definition, async (ctx, { data, time }) => {
      const { personKey, factVersion, municipalityCode } = data;
      await followPerson(ctx, stores, { personKey, factVersion, municipalityCode, kind: 'NO_EFFECT', toldOn: localDateInJapan(new Date(time)) });
    }),
  );
}
