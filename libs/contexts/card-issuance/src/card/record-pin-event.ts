import { cardIssuanceProblems } from '#contracts/card-issuance';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { isInUse } from './card.js';
import { CARD_PINS, type CardPinStore } from './card-pin.store.js';
import { cardAtCounter } from './card-serial.js';
import type { EndStores } from './end-card.js';
import { requireCounterOf } from './return-card.js';

const spec = useCase({
  action: 'card-issuance.card.record-pin-event',
  kind: 'command',
  summary: 'A counter found PINs of a card in use locked, or reset them in the chip; the PINs themselves are never told',
  input: cardAtCounter.extend({ pins: z.array(z.enum(CARD_PINS)).min(1).max(CARD_PINS.length), event: z.enum(['LOCKED', 'RESET']) }),
  output: z.object({ cardSerial: z.string(), event: z.enum(['LOCKED', 'RESET']) }),
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** Lock-outs and resets (CARD-4.8): only a counter lifts one. */
export class RecordPinEvent implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly stores: EndStores & { readonly pins: CardPinStore }) {}

  async execute(ctx: Ctx, { cardSerial, terminalId, pins, event }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const card = found(await this.stores.cards.lock(ctx.db, cardSerial));
    await requireCounterOf(ctx, this.stores, card);
    if (!isInUse(card.state)) throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: card.state } });
    await this.stores.pins.note(ctx, cardSerial, [...new Set(pins)], event);
    ctx.audit({ object: `card:${cardSerial}`, subjects: [card.personKey], facts: { pins: pins.join(' '), event, terminalId } });
    return { cardSerial, event };
  }
}
