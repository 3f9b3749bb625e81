import type { Schedule } from '#platform';
import { keepTransfers } from './keep-transfers.js';
import { settle } from './timer.js';
import type { TransferStore } from './transfer.store.js';

const SECONDS = 15;
const CHUNK = 500;

/** Does to cases what time does (JUKI-4.4), the longest due first; each thing once, since the case then waits for the next. */
export function watchTransfers(transfers: TransferStore): Schedule {
  return {
    name: 'transfer.watch',
    due: (last, now) => {
      const at = now.getTime();
      const occasion = new Date(at - (at % (SECONDS * 1_000))).toISOString();
      return last !== undefined && last >= occasion ? undefined : occasion;
    },
    hasWork: (ctx) => transfers.isDue(ctx.db, ctx.now),
    run: async (ctx) => {
      const due = await transfers.lockDue(ctx.db, ctx.now, CHUNK);
      await keepTransfers(ctx, transfers, due.map(({ transfer: before, records }) => ({ before, after: settle(before, ctx.now, records) })));
      if (due.length > 0) ctx.audit({ object: 'transfers', subjects: due.map(({ transfer }) => transfer.personKey), facts: { settled: due.length } });
    },
  };
}
