import { followCard, statesOfCards } from '#contracts/jpki-ca';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { serialHex } from '../ca/ca.js';
import type { CardFollower } from './card-follower.js';
import { stateAt } from './certificate.js';
import { statusOf, type CertificateRow, type CertificateStore } from './certificate.store.js';

const spec = useCase({
  action: 'jpki-ca.card-certificate.list-states',
  kind: 'question',
  summary: 'The states of the certificates on cards, for the comparison with the card ledger',
  input: statesOfCards.input,
  output: statesOfCards.output,
  refusals: [],
});

/** The states by card (CARD-4.12 Q6). */
export class StatesOfCards implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly certificates: CertificateStore) {}

  async execute(ctx: Ctx, { cardSerials }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const rows = await this.certificates.ofCards(ctx.db, cardSerials);
    ctx.audit({ object: 'card-certificates', subjects: [...new Set(rows.map((row) => row.person_key))], facts: { cards: cardSerials.length } });
    return statesAt(rows, ctx.now);
  }
}

const followSpec = useCase({
  action: 'jpki-ca.card-certificate.follow',
  kind: 'process',
  summary: 'A stop, resumption or end of a card, told once more because its certificates do not follow it; repeating it changes nothing',
  input: followCard.input,
  output: followCard.output,
  refusals: [],
});

/** What the card's events do, on request (JPKI 4.7 no. 7, 9). */
export class FollowCard implements UseCase<typeof followSpec> {
  readonly spec = followSpec;

  constructor(
    private readonly certificates: CertificateStore,
    private readonly cards: CardFollower,
  ) {}

  async execute(ctx: Ctx, { state, ...notice }: InputOf<typeof followSpec>): Promise<OutputOf<typeof followSpec>> {
    await ctx.transaction(async (tx) => {
      if (state === 'SUSPENDED') await this.cards.suspended(tx, notice);
      else if (state === 'RESUMED') await this.cards.resumed(tx, notice);
      else await this.cards.abolished(tx, notice);
      tx.audit({ object: `card:${notice.cardSerial}`, subjects: [notice.personKey], facts: { state } });
    });
    return statesAt(await this.certificates.ofCards(ctx.db, [notice.cardSerial]), ctx.now);
  }
}

function statesAt(rows: readonly CertificateRow[], now: Date): OutputOf<typeof spec> {
  return { certificates: rows.map((row) => ({ cardSerial: row.card_serial, type: row.type, serial: serialHex(row.serial), state: stateAt(statusOf(row), now), notAfter: row.not_after.toISOString() })) };
}
