import { applicationInvalidated } from '#contracts/card-issuance';
import type { Ctx } from '#platform';
import type { Card } from '../card/card.js';
import { lastDayForContinuedUse } from '../card/continued-use.js';
import { moveCards } from '../card/move-cards.js';
import { abolishes, invalidates, needsContinuedUse, withholds, type PersonChange } from '../card/person-change.js';
import type { PersonFactStore } from '../card/person-fact.store.js';
import { settleSession, type HandoverStores } from '../handover/settle-session.js';
import type { StopOrderStore } from '../stop-order/stop-order.store.js';

export interface FollowStores extends HandoverStores {
  readonly facts: PersonFactStore;
  readonly stopOrders: StopOrderStore;
}

/** Applies a fact about a person to their application and cards, once and in the order of versions (CARD-4.13). */
export async function followPerson(ctx: Ctx, stores: FollowStores, change: PersonChange): Promise<void> {
  if (!(await stores.facts.concernsUs(ctx.db, change.personKey))) return;
  if (!(await stores.facts.advance(ctx.db, change.personKey, change.factVersion))) return;
  await invalidateApplication(ctx, stores, change);
  for (const { cardSerial } of await stores.facts.cardsToLookAt(ctx.db, change.personKey)) {
    // A hand-over under way is settled first, so that the card stands on firm ground; the session is locked before the card.
    const session = await stores.handovers.lockOpenOfCard(ctx.db, cardSerial);
    if (session !== undefined) await settleSession(ctx, stores, session, 'FACTS_CHANGED');
    const card = await stores.cards.lock(ctx.db, cardSerial);
    if (card !== undefined) await followCard(ctx, stores, change, card);
  }
  ctx.audit({ object: `person:${change.personKey}`, subjects: [change.personKey], facts: { factVersion: change.factVersion, change: change.kind } });
}

async function followCard(ctx: Ctx, stores: FollowStores, change: PersonChange, card: Card): Promise<void> {
  if (withholds(change, card)) {
    await moveCards(ctx, stores.cards, [card], { to: 'WITHHELD', reason: change.abolish ?? 'FACTS_CHANGED' });
  } else if (abolishes(change, card)) {
    await moveCards(ctx, stores.cards, [card], { to: 'ABOLISHED', reason: change.abolish });
    await stores.stopOrders.endOfCard(ctx.db, card.cardSerial, ctx.now);
  } else if (needsContinuedUse(change, card)) {
    await stores.facts.openContinuedUse(ctx.db, { card, change, lastDay: lastDayForContinuedUse(change.toldOn) });
  }
}

async function invalidateApplication(ctx: Ctx, stores: FollowStores, change: PersonChange): Promise<void> {
  const open = await stores.applications.lockOpen(ctx.db, change.personKey);
  if (open === undefined || !invalidates(change, open.municipalityCode)) return;
  const { applicationId, municipalityCode, channel, version } = open;
  await stores.applications.moveTo(ctx.db, [applicationId], { state: 'INVALIDATED' });
  ctx.emit(applicationInvalidated, { aggregateId: applicationId, sequence: version + 1, data: { applicationId, municipalityCode, channel } });
}
