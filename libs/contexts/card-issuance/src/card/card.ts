import type { EventDefinition } from '#kernel';
import {
  CARD_STATES, cardAbolished, cardActivated, cardCancelled, cardCollected, cardDefective, cardDestroyed, cardExpired, cardHandoverRolledBack,
  cardHandoverStarted, cardInspected, cardIssuanceProblems, cardManufactured, cardMissing, cardNoticeSent, cardOrdered, cardPresetDone, cardReceived,
  cardResumed, cardShipped, cardSuspended, cardUncollected, cardWithheld, type cardFact,
} from '#contracts/card-issuance';
import type { z } from 'zod';

export type CardState = (typeof CARD_STATES)[number];
export type ChipState = 'BLANK' | 'PERSONALISED' | 'ACTIVATED' | 'TERMINATED';
export type CardFact = z.output<typeof cardFact>;

/**
 * The ledger's transitions (CARD-3.5). Beyond the table of the specification: a card may be withheld from the moment it is
 * ordered, because the facts may change while it is made; and after a roll-back the next hand-over starts from PRESET,
 * because the resident still stands at the counter.
 */
export const CARD_TRANSITIONS: Readonly<Record<CardState, readonly CardState[]>> = {
  ORDERED: ['MANUFACTURED', 'CANCELLED', 'WITHHELD'],
  MANUFACTURED: ['INSPECTED', 'DEFECTIVE', 'WITHHELD'],
  INSPECTED: ['SHIPPED', 'WITHHELD'],
  SHIPPED: ['RECEIVED', 'MISSING', 'WITHHELD'],
  RECEIVED: ['PRESET', 'WITHHELD'],
  PRESET: ['NOTIFIED', 'HANDING_OVER', 'WITHHELD'],
  NOTIFIED: ['HANDING_OVER', 'UNCOLLECTED', 'WITHHELD'],
  HANDING_OVER: ['ACTIVE', 'PRESET'],
  ACTIVE: ['SUSPENDED', 'ABOLISHED', 'EXPIRED'],
  SUSPENDED: ['ACTIVE', 'ABOLISHED', 'EXPIRED'],
  EXPIRED: ['COLLECTED'],
  ABOLISHED: ['COLLECTED'],
  COLLECTED: ['DESTROYED'],
  DESTROYED: [],
  UNCOLLECTED: ['NOTIFIED', 'DESTROYED', 'WITHHELD'],
  DEFECTIVE: ['DESTROYED'],
  MISSING: ['RECEIVED', 'DESTROYED'],
  WITHHELD: ['RECEIVED', 'CANCELLED', 'DEFECTIVE', 'MISSING', 'DESTROYED'],
  CANCELLED: [],
};

/** Not yet handed over: what may still be withheld. */
export const BEFORE_HANDOVER: readonly CardState[] = CARD_STATES.filter((state) => CARD_TRANSITIONS[state].includes('WITHHELD'));

/** In the hands of its holder and not ended; at most one a person (Ministerial Ordinance 85 of 2014 art. 24). */
export function isInUse(state: CardState): boolean {
  return state === 'ACTIVE' || state === 'SUSPENDED';
}

/** Why a card ends (CARD-4.9). Changes of facts and passed deadlines end it by themselves; the rest is said at a counter. */
export const ABOLISH_REASONS = [
  'LOST_CONFIRMED', 'REISSUE', 'VOLUNTARY_SURRENDER', 'DEATH', 'MOVED_ABROAD', 'RECORD_DELETED', 'NUMBER_CHANGED', 'JUKI_CODE_CHANGED',
  'MOVE_NOT_NOTIFIED', 'CONTINUED_USE_NOT_DONE', 'ISSUED_IN_ERROR',
] as const;
export type AbolishReason = (typeof ABOLISH_REASONS)[number];

const EVENTS: Readonly<Record<CardState, EventDefinition<CardFact>>> = {
  ORDERED: cardOrdered, MANUFACTURED: cardManufactured, INSPECTED: cardInspected, SHIPPED: cardShipped, RECEIVED: cardReceived, PRESET: cardPresetDone,
  NOTIFIED: cardNoticeSent, HANDING_OVER: cardHandoverStarted, ACTIVE: cardActivated, SUSPENDED: cardSuspended, EXPIRED: cardExpired,
  ABOLISHED: cardAbolished, COLLECTED: cardCollected, DESTROYED: cardDestroyed, UNCOLLECTED: cardUncollected, DEFECTIVE: cardDefective,
  MISSING: cardMissing, WITHHELD: cardWithheld, CANCELLED: cardCancelled,
};

/** A card as the ledger knows it. */
export interface Card {
  readonly cardSerial: string;
  readonly personKey: string;
  readonly municipalityCode: string;
  readonly applicationId: string;
  readonly batchId: string;
  readonly recordNo: number;
  /** Version of the person's facts that the face is known to show. */
  readonly factVersion: number;
  readonly state: CardState;
  readonly chipState: ChipState;
  readonly wishSign: boolean;
  readonly wishAuth: boolean;
  /** Entries in the write-in area of the face. */
  readonly additions: number;
  readonly version: number;
}

export interface CardMove {
  readonly card: Card;
  readonly from: CardState | null;
  readonly to: CardState;
  readonly chipState: ChipState;
  readonly version: number;
  readonly event: EventDefinition<CardFact>;
}

/** The move of a card to its next state. Refuses BAD_STATE. */
export function decideCardMove(card: Card, to: CardState): CardMove {
  if (!CARD_TRANSITIONS[card.state].includes(to)) throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: card.state, to } });
  return { card, from: card.state, to, chipState: chipStateAfter(card.chipState, to), version: card.version + 1, event: eventOf(card.state, to) };
}

/** A new card's first entry. */
export function orderCard(card: Omit<Card, 'state' | 'chipState' | 'additions' | 'version'>): CardMove {
  const ordered: Card = { ...card, state: 'ORDERED', chipState: 'BLANK', additions: 0, version: 1 };
  return { card: ordered, from: null, to: 'ORDERED', chipState: 'BLANK', version: 1, event: cardOrdered };
}

/** Something about a card that leaves its state: it has a place in the journal and in the sequence of events all the same. */
export function noteOnCard(card: Card, event: EventDefinition<CardFact>): CardMove {
  return { card, from: card.state, to: card.state, chipState: card.chipState, version: card.version + 1, event };
}

function eventOf(from: CardState, to: CardState): EventDefinition<CardFact> {
  if (from === 'HANDING_OVER' && to === 'PRESET') return cardHandoverRolledBack;
  if (from === 'SUSPENDED' && to === 'ACTIVE') return cardResumed;
  return EVENTS[to];
}

const CHIP_ENDED: readonly CardState[] = ['ABOLISHED', 'EXPIRED', 'COLLECTED', 'DESTROYED'];

/** The mirror of the chip: a card in use has an activated chip, one that has ended a terminated one (CARD-3.5). */
function chipStateAfter(chip: ChipState, to: CardState): ChipState {
  if (to === 'MANUFACTURED') return 'PERSONALISED';
  if (to === 'ACTIVE') return 'ACTIVATED';
  return CHIP_ENDED.includes(to) ? 'TERMINATED' : chip;
}
