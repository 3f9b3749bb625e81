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

/** CARD-4.15: only a card that is ACTIVE may ask for certificates at a kiosk. */
export class LedgerState implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly cards: CardStore) {}

  async execute(ctx: Ctx, { cardSerial }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const card = await this.cards.find(ctx.db, cardSerial);
    ctx.audit({ object: `card:${cardSerial}`, subjects: card === undefined ? [] : [card.personKey] });
    return card === undefined ? {} : { state: card.state };
  }
}
