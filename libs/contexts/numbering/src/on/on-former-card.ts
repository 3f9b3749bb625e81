import { cardAbolished, cardCollected } from '#contracts/card-issuance';
import { onEvent, type EventHandler } from '#platform';
import { provesCard } from '../change-case/change-case.js';
import type { ChangeCaseStore } from '../change-case/change-case.store.js';
import { takeStep } from '../change-case/step-case.js';

/** Why card-issuance abolishes a card when the register has told it of another number. */
const NUMBER_CHANGED = 'NUMBER_CHANGED';

/** Tells which card carries the former number: the one that a change of number ended (NUM-3.3). */
export function onCardAbolished(cases: ChangeCaseStore): EventHandler {
  return onEvent(cardAbolished, async (ctx, { data: { cardSerial, personKey, reason } }) => {
    if (reason !== NUMBER_CHANGED) return;
    const open = await cases.lockOpen(ctx.db, personKey);
    if (open?.state === 'NEW_NUMBER_DESIGNATED') await cases.setFormerCard(ctx.db, open.caseId, cardSerial);
  });
}

/** The card with the former number came back: the last consequence of a change (NUM-4.8). Another card of the person ends nothing. */
export function onCardCollected(cases: ChangeCaseStore): EventHandler {
  return onEvent(cardCollected, async (ctx, { data: { cardSerial, personKey } }) => {
    const open = await cases.lockOpen(ctx.db, personKey);
    if (open?.state !== 'NEW_NUMBER_DESIGNATED' || open.formerCard === null || !provesCard(open.formerCard, { cardSerial })) return;
    await takeStep(ctx, cases, open, { step: 'SETTLE', added: { cardSerial, settledBy: cardCollected.type } });
  });
}
