import { cardActivated } from '#contracts/card-issuance';
import { onEvent, type EventHandler } from '#platform';
import { advance } from '../reissue-case/reissue-case.js';
import type { ReissueStores } from '../reissue-case/withdraw-reissue.js';

/** The other card is in its holder's hands: the case is closed (CARD-3.7). */
export function onCardActivated({ cards, reissueCases }: ReissueStores): EventHandler {
  return onEvent(cardActivated, async (ctx, { data: { cardSerial, personKey } }) => {
    const card = await cards.find(ctx.db, cardSerial);
    const linked = card === undefined ? undefined : await reissueCases.lockOfApplication(ctx.db, card.applicationId);
    if (linked === undefined) return;
    await reissueCases.save(ctx, advance(linked, 'CLOSED', { outcome: 'HANDED_OVER' }));
    ctx.audit({ object: `reissue-case:${linked.caseId}`, subjects: [personKey], facts: { state: 'CLOSED' } });
  });
}
