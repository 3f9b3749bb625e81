import { cardIssuanceProblems, handoverMismatch } from '#contracts/card-issuance';
import type { Ctx } from '#platform';
import type { ApplicationStore } from '../application/application.store.js';
import type { Card } from '../card/card.js';
import type { CardStore } from '../card/card.store.js';
import { moveCards } from '../card/move-cards.js';
import type { MailingStore } from '../mailing/mailing.store.js';
import { decideSettlement, type Session } from './handover-session.js';
import type { HandoverStore } from './handover.store.js';

/** What a hand-over touches. */
export interface HandoverStores {
  readonly handovers: HandoverStore;
  readonly cards: CardStore;
  readonly applications: ApplicationStore;
  readonly mailings: MailingStore;
}

/**
 * The card is in force: ledger, session, notification card and application change together. Refuses HAS_VALID_CARD when the
 * person has come into another card meanwhile.
 */
export async function completeSession(ctx: Ctx, stores: HandoverStores, session: Session, reason?: string): Promise<Card> {
  const card = await lockCard(ctx, stores, session);
  if (await stores.cards.holdsCardInUse(ctx.db, card.personKey)) throw cardIssuanceProblems.refuse('HAS_VALID_CARD');
  const [active] = await moveCards(ctx, stores.cards, [card], { to: 'ACTIVE', terminal: session.terminalId, reason });
  await stores.handovers.end(ctx.db, session.sessionId, { state: 'CLOSED', ...(reason === undefined ? {} : { reason }) }, ctx.now);
  await stores.mailings.closeCard(ctx.db, card.personKey, session.documents?.includes('NOTIFICATION_CARD') === true ? 'SURRENDERED' : 'LOST');
  await stores.applications.moveTo(ctx.db, [card.applicationId], { state: 'FULFILLED' });
  if (session.certificates === 'QUEUED') await stores.handovers.queueActivation(ctx.db, card, ctx.now);
  return active ?? card;
}

/** Nothing was handed over: the card is ready for another hand-over. */
export async function rollBackSession(ctx: Ctx, stores: HandoverStores, session: Session, reason: string): Promise<Card> {
  const card = await lockCard(ctx, stores, session);
  const [preset] = await moveCards(ctx, stores.cards, [card], { to: 'PRESET', terminal: session.terminalId, reason });
  await stores.handovers.end(ctx.db, session.sessionId, { state: 'COMPENSATED', reason }, ctx.now);
  return preset ?? card;
}

/** Ends a session that nobody works on any more: completed when the chip is written, else rolled back; never in between (CARD-4.7). */
export async function settleSession(ctx: Ctx, stores: HandoverStores, session: Session, reason: string): Promise<Card> {
  if (decideSettlement(session) === 'ROLL_BACK') return rollBackSession(ctx, stores, session, reason);
  const card = await lockCard(ctx, stores, session);
  if (!(await stores.cards.holdsCardInUse(ctx.db, card.personKey))) return completeSession(ctx, stores, session, reason);
  await stores.handovers.end(ctx.db, session.sessionId, { state: 'MISMATCH', reason: 'HAS_VALID_CARD' }, ctx.now);
  const { sessionId, cardSerial, municipalityCode } = session;
  ctx.emit(handoverMismatch, { aggregateId: sessionId, sequence: 1, data: { sessionId, cardSerial, municipalityCode } });
  return card;
}

async function lockCard(ctx: Ctx, stores: HandoverStores, session: Session): Promise<Card> {
  const card = await stores.cards.lock(ctx.db, session.cardSerial);
  if (card === undefined) throw new Error('a hand-over without its card');
  return card;
}
