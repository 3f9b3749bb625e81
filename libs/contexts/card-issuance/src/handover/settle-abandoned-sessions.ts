import type { Schedule } from '#platform';
import { CONFIRMATION_MINUTES } from './handover-session.js';
import { occasionEvery } from './occasion.js';
import { settleSession, type HandoverStores } from './settle-session.js';

const SECONDS = 15;
const CHUNK = 200;

/** The reconciler (CARD-4.7): a written chip without confirmation becomes a card in force, an expired lease is rolled back. */
export function reconcilerSchedule(stores: HandoverStores): Schedule {
  return {
    name: 'handover-reconciler',
    due: occasionEvery(SECONDS),
    run: async (ctx) => {
      const writtenBefore = new Date(ctx.now.getTime() - CONFIRMATION_MINUTES * 60_000);
      for (const session of await stores.handovers.lockAbandoned(ctx.db, { writtenBefore, now: ctx.now, limit: CHUNK })) {
        const reason = session.state === 'CHIP_WRITTEN' ? 'CONFIRMED_BY_RECONCILER' : 'LEASE_EXPIRED';
        const card = await settleSession(ctx, stores, session, reason);
        ctx.audit({ object: `handover-session:${session.sessionId}`, subjects: [card.personKey], facts: { reason } });
      }
    },
  };
}
