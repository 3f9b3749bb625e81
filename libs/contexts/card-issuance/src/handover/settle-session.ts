import { cardIssuanceProblems, handoverMismatch } from '#contracts/card-issuance';
import { queueJob, type Ctx } from '#platform';
import type { ApplicationStore } from '../application/application.store.js';
import type { Card } from '../card/card.js';
import type { CardPinStore } from '../card/card-pin.store.js';
import type { CardStore } from '../card/card.store.js';
import { moveCards } from '../card/move-cards.js';
import type { MailingStore } from '../mailing/mailing.store.js';
import type { CertificateWithdrawalStore } from './certificate-withdrawal.store.js';
import type { ChipKeyStore } from './chip-key.store.js';
import type { ConnectionBudgetStore } from './connection-budget.store.js';
import { decideSettlement, holdsConnection, type Session } from './handover-session.js';
import type { HandoverStore } from './handover.store.js';
import type { ChipDoubtStore } from './chip-doubt.store.js';
import type { ReissueCaseStore } from '../reissue-case/reissue-case.store.js';
import { WITHDRAW } from './withdraw-certificates.js';

/** What a hand-over touches. */
export interface HandoverStores {
  readonly handovers: HandoverStore;
  readonly chipKeys: ChipKeyStore;
  readonly connections: ConnectionBudgetStore;
  readonly doubts: ChipDoubtStore;
  readonly pins: CardPinStore;
  readonly reissueCases: ReissueCaseStore;
  readonly withdrawals: CertificateWithdrawalStore;
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
  await stores.doubts.resolveOfCard(ctx.db, session.cardSerial, ctx.now);
  await releaseConnection(ctx, stores, session);
  await stores.mailings.closeCard(ctx.db, card.personKey, session.documents?.includes('NOTIFICATION_CARD') === true ? 'SURRENDERED' : 'LOST');
  await stores.applications.moveTo(ctx.db, [card.applicationId], { state: 'FULFILLED' });
  if (session.certificates === 'QUEUED') await stores.handovers.queueActivation(ctx.db, card, ctx.now);
  return active ?? card;
}

/** Nothing was handed over: the card is ready for another hand-over, and certificates that may be in force are withdrawn. A mismatch stays until a chip's record resolves it. */
export async function rollBackSession(ctx: Ctx, stores: HandoverStores, session: Session, reason: string): Promise<Card> {
  const card = await lockCard(ctx, stores, session);
  const [preset] = await moveCards(ctx, stores.cards, [card], { to: 'PRESET', terminal: session.terminalId, reason });
  await stores.handovers.end(ctx.db, session.sessionId, { state: 'COMPENSATED', reason }, ctx.now);
  await releaseConnection(ctx, stores, session);
  if (session.activationBegun) {
    await stores.withdrawals.queue(ctx.db, { sessionId: session.sessionId, cardSerial: card.cardSerial, personKey: card.personKey }, ctx.now);
    await queueJob(ctx, WITHDRAW, {});
  }
  return preset ?? card;
}

/** Settles a session that nobody works on any more: completed when the chip is written, in doubt when it may be, else rolled back (CARD-4.7). */
export async function settleSession(ctx: Ctx, stores: HandoverStores, session: Session, reason: string): Promise<Card> {
  switch (decideSettlement(session)) {
    case 'ROLL_BACK':
      return rollBackSession(ctx, stores, session, reason);
    case 'DOUBT':
      await doubtSession(ctx, stores, session);
      return lockCard(ctx, stores, session);
    case 'COMPLETE':
      return completeIfNoOther(ctx, stores, session, reason);
  }
}

/** The facts of the person have changed: the card is not left in a hand-over, whatever the chip says; the mismatch stays (CARD-4.13). */
export async function settleBeforeChange(ctx: Ctx, stores: HandoverStores, session: Session): Promise<void> {
  if (decideSettlement(session) === 'COMPLETE') await completeIfNoOther(ctx, stores, session, 'FACTS_CHANGED');
  else await rollBackSession(ctx, stores, session, 'FACTS_CHANGED');
}

/** The terminal is gone and may have activated the chip: told, and left to the next terminal that reads the card (CARD-3.5, 4.7). */
export async function doubtSession(ctx: Ctx, stores: HandoverStores, session: Session): Promise<void> {
  if (session.state === 'MISMATCH') return;
  await stores.handovers.doubt(ctx.db, session.sessionId);
  await releaseConnection(ctx, stores, session);
  tellMismatch(ctx, session);
}

async function completeIfNoOther(ctx: Ctx, stores: HandoverStores, session: Session, reason: string): Promise<Card> {
  const card = await lockCard(ctx, stores, session);
  if (!(await stores.cards.holdsCardInUse(ctx.db, card.personKey))) return completeSession(ctx, stores, session, reason);
  await stores.handovers.end(ctx.db, session.sessionId, { state: 'MISMATCH', reason: 'HAS_VALID_CARD' }, ctx.now);
  await releaseConnection(ctx, stores, session);
  tellMismatch(ctx, session);
  return card;
}

function tellMismatch(ctx: Ctx, { sessionId, cardSerial, municipalityCode }: Session): void {
  ctx.emit(handoverMismatch, { aggregateId: sessionId, sequence: 1, data: { sessionId, cardSerial, municipalityCode } });
}

async function releaseConnection(ctx: Ctx, { connections }: HandoverStores, session: Session): Promise<void> {
  if (holdsConnection(session)) await connections.release(ctx.db, session.municipalityCode);
}

async function lockCard(ctx: Ctx, stores: HandoverStores, session: Session): Promise<Card> {
  const card = await stores.cards.lock(ctx.db, session.cardSerial);
  if (card === undefined) throw new Error('a hand-over without its card');
  return card;
}
