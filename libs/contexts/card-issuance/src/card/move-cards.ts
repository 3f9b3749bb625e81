import type { EventDefinition } from '#kernel';
import type { Ctx } from '#platform';
import { decideCardMove, noteOnCard, orderCard, type Card, type CardFact, type CardMove, type CardState } from './card.js';
import type { CardStore } from './card.store.js';

export interface Why {
  readonly reason?: string | undefined;
  readonly terminal?: string | undefined;
}

/** Moves locked cards to one state: rows, journal and one event a card. Refuses BAD_STATE for any of them. */
export async function moveCards(ctx: Ctx, store: CardStore, cards: readonly Card[], why: Why & { readonly to: CardState }): Promise<Card[]> {
  if (cards.length === 0) return [];
  const moves = cards.map((card) => decideCardMove(card, why.to));
  await store.saveStates(ctx.db, moves, why.reason, ctx.now);
  await record(ctx, store, moves, why);
  return moves.map(({ card, chipState, version }) => ({ ...card, state: why.to, chipState, version }));
}

/** Enters into the journal of a locked card what leaves its state, with its event. */
export async function noteOn(ctx: Ctx, store: CardStore, card: Card, why: Why & { readonly event: EventDefinition<CardFact> }): Promise<void> {
  const note = noteOnCard(card, why.event);
  await store.saveStates(ctx.db, [note], why.reason, ctx.now);
  await record(ctx, store, [note], why);
}

/** Enters new cards into the ledger. */
export async function orderCards(ctx: Ctx, store: CardStore, cards: readonly (Parameters<typeof orderCard>[0] & { readonly expiryDate: string })[]): Promise<void> {
  if (cards.length === 0) return;
  const ordered = cards.map(({ expiryDate, ...card }) => ({ expiryDate, move: orderCard(card) }));
  await store.add(ctx.db, ordered.map(({ expiryDate, move }) => ({ expiryDate, card: move.card })), ctx.now);
  await record(ctx, store, ordered.map(({ move }) => move), {});
}

async function record(ctx: Ctx, store: CardStore, moves: readonly CardMove[], why: Why): Promise<void> {
  await store.journalMoves(ctx, moves, why);
  for (const { card, from, to, version, event } of moves) {
    const { cardSerial, personKey, municipalityCode, wishSign, wishAuth } = card;
    ctx.emit(event, { aggregateId: cardSerial, sequence: version, data: { cardSerial, personKey, municipalityCode, from, to, wishSign, wishAuth, ...(why.reason === undefined ? {} : { reason: why.reason }) } });
  }
}
