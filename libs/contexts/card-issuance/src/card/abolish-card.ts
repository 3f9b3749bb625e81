import { cardIssuanceProblems } from '#contracts/card-issuance';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { ABOLISH_REASONS } from './card.js';
import { cardSerialInput } from './card-serial.js';
import { endCards, type EndStores } from './end-card.js';
import { requireCounterOf } from './return-card.js';

const spec = useCase({
  action: 'card-issuance.card.abolish',
  kind: 'command',
  summary: 'Ends a card at the counter; it cannot be revived',
  input: z.strictObject({ cardSerial: cardSerialInput, reason: z.enum(ABOLISH_REASONS), terminalId: z.string().min(1).max(64).optional() }),
  output: z.object({ cardSerial: z.string(), state: z.literal('ABOLISHED') }),
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE', 'ALREADY_ABOLISHED'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** Abolition (CARD-4.9). */
export class AbolishCard implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly stores: EndStores) {}

  async execute(ctx: Ctx, { cardSerial, reason, terminalId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const card = found(await this.stores.cards.lock(ctx.db, cardSerial));
    await requireCounterOf(ctx, this.stores, card);
    if (card.state === 'ABOLISHED') throw cardIssuanceProblems.refuse('ALREADY_ABOLISHED');
    await endCards(ctx, this.stores, [card], { to: 'ABOLISHED', reason, terminal: terminalId });
    ctx.audit({ object: `card:${cardSerial}`, subjects: [card.personKey], facts: { reason } });
    return { cardSerial, state: 'ABOLISHED' };
  }
}
