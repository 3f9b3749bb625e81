import { randomInt } from 'node:crypto';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { getPersons, type PersonView } from '#contracts/juki-net';
import { found, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type Peers, type UseCase } from '#platform';
import { z } from 'zod';
import { requireNoticeBudget } from '../backlog/pickup.js';
import type { PickupStore } from '../backlog/pickup.store.js';
import type { Card } from '../card/card.js';
import { cardSerialInput } from '../card/card-serial.js';
import type { CardStore } from '../card/card.store.js';
import { moveCards } from '../card/move-cards.js';
import { differingItems, faceFactsOf } from '../production/face.js';
import { reorderApplications } from '../production/reorder-applications.js';
import type { ProductionStores } from '../production/require-batch.js';

const spec = useCase({
  action: 'card-issuance.card.preset',
  kind: 'process',
  summary: 'Prepares a received card: present facts, face, chip and wishes are compared; any difference withholds the card',
  input: z.strictObject({
    cardSerial: cardSerialInput, terminalId: z.string().min(1).max(64),
    chipMatchesFace: z.boolean().describe('the chip\'s face data agrees with the printed face'),
    wishSign: z.boolean().describe('as the chip has it'), wishAuth: z.boolean().describe('as the chip has it'),
  }),
  output: z.object({ cardSerial: z.string(), state: z.literal('PRESET') }),
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE', 'FACTS_CHANGED'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION', 'UNAVAILABLE')],
});

/** Preset (CARD-4.7). Withholding is committed before the refusal leaves; another card is made of the present facts. */
export class PresetCard implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly stores: ProductionStores,
    private readonly peers: Peers,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { cardSerial, terminalId } = input;
    const { cards, applications } = this.stores;
    const card = found(await cards.find(ctx.db, cardSerial));
    requireJurisdiction(ctx, card.municipalityCode);
    if (card.state === 'PRESET') return { cardSerial, state: 'PRESET' };
    const { persons } = await this.peers.call(getPersons, { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'CARD_HANDOVER' }, { personKeys: [card.personKey] });
    const [person] = persons;
    const differing = [...(await this.differences(ctx, card, person)), ...terminalFindings(card, input)];
    const withheld = await ctx.transaction(async (tx) => {
      const locked = found(await cards.lock(tx.db, cardSerial));
      // A terminal that heard no answer asks again while the first request is under way.
      if (locked.state === 'PRESET') return false;
      await moveCards(tx, cards, [locked], differing.length === 0 ? { to: 'PRESET', terminal: terminalId } : { to: 'WITHHELD', reason: 'FACTS_CHANGED', terminal: terminalId });
      if (differing.length > 0) await reorderApplications(tx, applications, [locked.applicationId]);
      else if (person !== undefined) await cards.setFactVersion(tx.db, cardSerial, person.factVersion);
      tx.audit({ object: `card:${cardSerial}`, subjects: [card.personKey], facts: { differing: differing.join(' ') } });
      return differing.length > 0;
    });
    if (withheld) throw cardIssuanceProblems.refuse('FACTS_CHANGED', { facts: { differing: differing.join(' ') } });
    return { cardSerial, state: 'PRESET' };
  }

  /** Equal versions need no comparison of contents. */
  private async differences(ctx: Ctx, card: Card, person: PersonView | undefined): Promise<string[]> {
    if (person?.status !== 'RESIDENT') return ['residence'];
    if (person.municipalityCode !== card.municipalityCode) return ['municipality'];
    if (person.factVersion === card.factVersion) return [];
    const face = await this.stores.production.face(ctx.db, card.cardSerial);
    return face === undefined ? ['face'] : differingItems(face, faceFactsOf(person));
  }
}

function terminalFindings(card: Card, found: { readonly chipMatchesFace: boolean; readonly wishSign: boolean; readonly wishAuth: boolean }): string[] {
  return [...(found.chipMatchesFace ? [] : ['chip']), ...(found.wishSign === card.wishSign && found.wishAuth === card.wishAuth ? [] : ['wishes'])];
}

const notifySpec = useCase({
  action: 'card-issuance.card.notify',
  kind: 'command',
  summary: 'Sends the hand-over notice; its number is the pick-up ticket',
  input: z.strictObject({ cardSerial: cardSerialInput }),
  output: z.object({ cardSerial: z.string(), state: z.literal('NOTIFIED'), noticeNo: z.string() }),
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE', 'NOTICE_BUDGET_SPENT'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** The invitation (CARD-4.7). */
export class NotifyResident implements UseCase<typeof notifySpec> {
  readonly spec = notifySpec;

  constructor(
    private readonly cards: CardStore,
    private readonly pickups: PickupStore,
  ) {}

  async execute(ctx: Ctx, { cardSerial }: InputOf<typeof notifySpec>): Promise<OutputOf<typeof notifySpec>> {
    const card = found(await this.cards.lock(ctx.db, cardSerial));
    requireJurisdiction(ctx, card.municipalityCode);
    await moveCards(ctx, this.cards, [card], { to: 'NOTIFIED' });
    await requireNoticeBudget(ctx, this.pickups, card);
    const noticeNo = `HN${String(randomInt(10 ** 12)).padStart(12, '0')}`;
    await this.cards.setNotice(ctx.db, cardSerial, noticeNo);
    ctx.audit({ object: `card:${cardSerial}`, subjects: [card.personKey] });
    return { cardSerial, state: 'NOTIFIED', noticeNo };
  }
}
