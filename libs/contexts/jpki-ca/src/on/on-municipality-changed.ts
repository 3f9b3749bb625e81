import { municipalityChanged } from '#contracts/juki-net';
import { onEvent, type Subscription } from '#platform';
import type { ListWatchStore } from '../crl/list-watch.store.js';

/** The list of a municipality that is no more gets no certificate, and goes on for those that name it (JPKI 3.7, 7); who divides one may keep its code. */
export function onMunicipalityChanged(lists: ListWatchStore): Subscription {
  return {
    name: 'municipalities',
    from: 'juki-net',
    filter: 'kiban.juki-net.municipality.>',
    handlers: [
      onEvent(municipalityChanged, async (ctx, { data: { oldCodes, newCode, kind } }) => {
        const ended = kind === 'MERGER' || kind === 'RENAME' ? oldCodes.filter((code) => code !== newCode) : [];
        ctx.audit({ object: `municipality:${newCode}`, facts: { frozen: await lists.freeze(ctx.db, ended, ctx.now) } });
      }),
    ],
  };
}
