import { cardLedgerState } from '#contracts/card-issuance';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { CardStore } from './card.store.js';

const spec = useCase({
  action: 'card-issuance.card.read-state',
  kind: 'question',
  summary: 'The state of a card in the ledger, for neighbours that let a card in',
  input: cardLedgerState.input,
  output: cardLedgerState.output,
  refusals: [],
});

/** CARD-4.15: only a card that is ACTIVE may ask for certificates at a kiosk. JPKI-4.6: certificates go onto a card of their holder only. */
export class LedgerState implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly cards: CardStore) {}

  async execute(ctx: Ctx, { cardSerial, personKey, expiryDate }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const card = await this.cards.find(ctx.db, cardSerial);
    ctx.audit({ object: `card:${cardSerial}`, subjects: card === undefined ? [] : [card.personKey] });
    if (card === undefined) return {};
    return { state: card.state, agrees: (personKey ?? card.personKey) === card.personKey && (expiryDate ?? card.expiryDate) === card.expiryDate };
  }
}
