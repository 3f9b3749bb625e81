import { Refusal } from '#kernel';
import { cardIssuanceProblems, stopOrderApplied } from '#contracts/card-issuance';
import { findPersons, getPersons } from '#contracts/juki-net';
import { platformProblems, reaches, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type Peers, type UseCase } from '#platform';
import { z } from 'zod';
import type { Card } from '../card/card.js';
import type { CardStore } from '../card/card.store.js';
import { moveCards } from '../card/move-cards.js';
import { LOSS_PLACES, STOP_CHANNELS, confidenceOf, decideStop, matchingFacts, type CallerFacts } from './stop-order.js';
import type { Occasion, StopOrderStore } from './stop-order.store.js';

/** Of the five seconds (CARD-4.9): a register that hangs is one that is away. */
const REGISTER_MS = 2_000;

const spec = useCase({
  action: 'card-issuance.stop-order.place',
  kind: 'process',
  summary: 'Stops a lost or stolen card, which the caller\'s facts find where no detail of it is known; they are compared with the register and not kept',
  input: z.strictObject({
    cardSerial: z.string().regex(/^[0-9A-Z]{16}$/).optional(), noticeNo: z.string().regex(/^HN\d{12}$/).optional(), personKey: z.uuid().optional(),
    channel: z.enum(STOP_CHANNELS), callEndedAt: z.iso.datetime({ offset: true }).optional().describe('from here the five seconds count'), lossPlace: z.enum(LOSS_PLACES).default('UNKNOWN'),
    facts: z.strictObject({ nameKana: z.string().min(1).max(200), birthDate: z.string().regex(/^\d{4}-?\d{2}-?\d{2}$/), address: z.string().min(1).max(400).optional() }),
  }).refine(({ cardSerial, noticeNo, personKey }) => [cardSerial, noticeNo, personKey].filter((given) => given !== undefined).length <= 1, { params: { code: 'ONE_OF_CARD_NOTICE_PERSON' } }),
  output: z.object({ stopOrderId: z.uuid(), cardSerial: z.string(), state: z.literal('APPLIED'), confidence: z.enum(['HIGH', 'LOW']), letterDue: z.boolean(), alreadyStopped: z.boolean() }),
  refusals: [...refusals(cardIssuanceProblems, 'NO_MATCH', 'ALREADY_ABOLISHED', 'BAD_STATE'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION', 'UNAVAILABLE')],
});

/** A stop order (CARD-4.9); repeating it for a stopped card answers with the order in force. */
export class PlaceStopOrder implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly orders: StopOrderStore,
    private readonly cards: CardStore,
    private readonly peers: Peers,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const candidate = await this.candidate(ctx, input);
    // Whether a card outside the caller's area exists is not told.
    if (candidate === undefined || !reaches(ctx.actor, ctx.permission, candidate.municipalityCode)) throw cardIssuanceProblems.refuse('NO_MATCH');
    const matched = await this.match(ctx, candidate, input.facts);
    const confidence = confidenceOf(matched, input.cardSerial !== undefined || input.noticeNo !== undefined);
    return ctx.transaction(async (tx) => {
      const card = await this.cards.lock(tx.db, candidate.cardSerial);
      if (card === undefined) throw cardIssuanceProblems.refuse('NO_MATCH');
      const { cardSerial, personKey, municipalityCode } = card;
      const earlier = decideStop(card.state) === 'NOTHING' ? await this.orders.openOfCard(tx.db, cardSerial) : undefined;
      if (earlier !== undefined) return { stopOrderId: earlier.stopOrderId, cardSerial, state: 'APPLIED', confidence: earlier.confidence, letterDue: earlier.letterDue, alreadyStopped: true };
      const stopOrderId = uuidv7();
      const letterDue = confidence === 'LOW';
      if (card.state === 'ACTIVE') await moveCards(tx, this.cards, [card], { to: 'SUSPENDED', reason: 'STOP_ORDER' });
      await this.orders.add(tx.db, { stopOrderId, cardSerial, personKey, municipalityCode, state: 'APPLIED', confidence, letterDue, ...occasionOf(input, matched) }, tx.now);
      tx.emit(stopOrderApplied, { aggregateId: stopOrderId, sequence: 1, data: { stopOrderId, cardSerial, municipalityCode, confidence } });
      tx.audit({ object: `stop-order:${stopOrderId}`, subjects: [personKey], facts: { confidence, channel: input.channel } });
      return { stopOrderId, cardSerial, state: 'APPLIED', confidence, letterDue, alreadyStopped: card.state === 'SUSPENDED' };
    });
  }

  private async candidate(ctx: Ctx, input: InputOf<typeof spec>): Promise<Card | undefined> {
    if (input.cardSerial !== undefined) return this.cards.find(ctx.db, input.cardSerial);
    if (input.noticeNo !== undefined) return this.cards.findByNotice(ctx.db, input.noticeNo);
    return input.personKey === undefined ? this.named(ctx, input.facts) : this.cards.findForStop(ctx.db, input.personKey);
  }

  /** CARD-4.18: nobody is asked for a number. The card in use of the one whom the facts name; undefined where they are none's, or several people's. */
  private async named(ctx: Ctx, { nameKana, birthDate, address }: CallerFacts): Promise<Card | undefined> {
    const call = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'CALL_CENTRE', deadlineMs: REGISTER_MS };
    const { personKeys } = await this.peers.call(findPersons, call, { nameKana, birthDate: birthDate.replaceAll('-', ''), address });
    const cards = await Promise.all(personKeys.map((personKey) => this.cards.findForStop(ctx.db, personKey)));
    const [card, ...others] = cards.filter((one) => one !== undefined && reaches(ctx.actor, ctx.permission, one.municipalityCode));
    return others.length === 0 ? card : undefined;
  }

  /** Undefined when the register cannot be asked: the card is stopped all the same. */
  private async match(ctx: Ctx, card: Card, facts: CallerFacts): Promise<number | undefined> {
    try {
      const { persons } = await this.peers.call(getPersons, { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'CALL_CENTRE', deadlineMs: REGISTER_MS }, { personKeys: [card.personKey] });
      const [person] = persons;
      return person === undefined ? undefined : matchingFacts(facts, person);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'UNAVAILABLE') return undefined;
      throw error;
    }
  }
}

function occasionOf({ channel, callEndedAt, lossPlace }: InputOf<typeof spec>, matched: number | undefined): Occasion {
  return { channel, lossPlace, matched: matched ?? 0, callEndedAt: callEndedAt === undefined ? undefined : new Date(callEndedAt) };
}
