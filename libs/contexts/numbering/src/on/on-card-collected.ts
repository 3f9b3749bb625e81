import { cardCollected } from '#contracts/card-issuance';
import { onEvent, type EventHandler } from '#platform';
import type { ChangeCaseStore } from '../change-case/change-case.store.js';
import { takeStep } from '../change-case/step-case.js';

/** The card with the former number came back: the last consequence of a change (NUM-4.8). Cards of others concern no case. */
export function onCardCollected(cases: ChangeCaseStore): EventHandler {
  return onEvent(cardCollected, async (ctx, { data }) => {
    const open = await cases.lockOpen(ctx.db, data.personKey);
    if (open?.state === 'NEW_NUMBER_DESIGNATED') await takeStep(ctx, cases, open, { step: 'SETTLE' });
  });
}
