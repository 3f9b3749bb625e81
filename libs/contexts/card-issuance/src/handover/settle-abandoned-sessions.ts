import { Gauge } from 'prom-client';
import { log, registry, type Ctx, type Schedule } from '#platform';
import { CONFIRMATION_MINUTES, decideSettlement } from './handover-session.js';
import { occasionEvery } from './occasion.js';
import { settleSession, type HandoverStores } from './settle-session.js';

const SECONDS = 15;
const CHUNK = 200;

/** CARD-4.12 Q6: nothing is in doubt for longer. */
const OLDEST_MINUTES = 15;

const doubtAge = new Gauge({ name: 'kiban_card_mismatch_oldest_seconds', help: 'Age of the oldest card of which ledger and chip may disagree, at the last look', registers: [registry] });

const REASONS = { COMPLETE: 'CONFIRMED_BY_RECONCILER', DOUBT: 'CHIP_UNKNOWN', ROLL_BACK: 'LEASE_EXPIRED' } as const;

/** The reconciler (CARD-4.7): a written chip without confirmation becomes a card in force, an expired lease is rolled back, or in doubt once the chip may be activated. */
export function reconcilerSchedule(stores: HandoverStores): Schedule {
  return {
    name: 'handover-reconciler',
    due: occasionEvery(SECONDS),
    run: async (ctx) => {
      const writtenBefore = new Date(ctx.now.getTime() - CONFIRMATION_MINUTES * 60_000);
      const abandoned = await stores.handovers.lockAbandoned(ctx.db, { writtenBefore, now: ctx.now, limit: CHUNK });
      // Two runs take the rows of the municipalities' budgets in the same order.
      for (const session of abandoned.toSorted((a, b) => a.municipalityCode.localeCompare(b.municipalityCode))) {
        const reason = REASONS[decideSettlement(session)];
        const card = await settleSession(ctx, stores, session, reason);
        ctx.audit({ object: `handover-session:${session.sessionId}`, subjects: [card.personKey], facts: { reason } });
      }
      await watchDoubts(ctx, stores);
    },
  };
}

async function watchDoubts(ctx: Ctx, { doubts }: HandoverStores): Promise<void> {
  const { count, oldest } = await doubts.queue(ctx.db);
  const seconds = oldest === null ? 0 : (ctx.now.getTime() - oldest.getTime()) / 1_000;
  doubtAge.set(seconds);
  if (seconds > OLDEST_MINUTES * 60) log.error('cards are in doubt for longer than they may be', { count });
}
