import { isSameOfficer } from '#kernel';
import { applicationInvalidated, applicationOrdered, cardIssuanceProblems, CARD_STATES } from '#contracts/card-issuance';
import { found, officerOf, platformProblems, reaches, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { ApplicationStore } from '../application/application.store.js';
import { CARD_TRANSITIONS, isInUse, type Card } from './card.js';
import { cardAtCounter } from './card-serial.js';
import { endCards, type EndStores } from './end-card.js';
import { moveCards } from './move-cards.js';

const counterRefusals = [...refusals(cardIssuanceProblems, 'BAD_STATE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')];

/** What a card that comes back touches. */
export interface ReturnStores extends EndStores {
  readonly applications: ApplicationStore;
}

/** Refuses OUT_OF_JURISDICTION unless the card is one of the caller's, or its holder has moved into the caller's municipality (CARD-4.10). */
export async function requireCounterOf(ctx: Ctx, { deadlines }: Pick<EndStores, 'deadlines'>, card: Card): Promise<void> {
  const moves = await deadlines.history(ctx.db, card.cardSerial);
  const arrived = moves.some(({ kind, municipalityCode }) => kind === 'CONTINUED_USE' && reaches(ctx.actor, ctx.permission, municipalityCode));
  if (!arrived) requireJurisdiction(ctx, card.municipalityCode);
}

const collectSpec = useCase({
  action: 'card-issuance.card.collect',
  kind: 'command',
  summary: 'A card comes back to the municipality; one still in use is abolished with it, and `reason` says why',
  input: cardAtCounter.extend({ reason: z.enum(['VOLUNTARY_SURRENDER', 'REISSUE']).optional() }),
  output: z.object({ cardSerial: z.string(), state: z.literal('COLLECTED') }),
  refusals: counterRefusals,
});

/** Surrender and collection (CARD-3.5, 4.9). */
export class CollectCard implements UseCase<typeof collectSpec> {
  readonly spec = collectSpec;

  constructor(private readonly stores: ReturnStores) {}

  async execute(ctx: Ctx, { cardSerial, terminalId, reason }: InputOf<typeof collectSpec>): Promise<OutputOf<typeof collectSpec>> {
    const card = found(await this.stores.cards.lock(ctx.db, cardSerial));
    await requireCounterOf(ctx, this.stores, card);
    const ended = isInUse(card.state) && reason !== undefined ? await endCards(ctx, this.stores, [card], { to: 'ABOLISHED', reason, terminal: terminalId }) : [card];
    await moveCards(ctx, this.stores.cards, ended, { to: 'COLLECTED', reason, terminal: terminalId });
    ctx.audit({ object: `card:${cardSerial}`, subjects: [card.personKey], facts: { to: 'COLLECTED', ...(reason === undefined ? {} : { reason }) } });
    return { cardSerial, state: 'COLLECTED' };
  }
}

const destroySpec = useCase({
  action: 'card-issuance.card.destroy',
  kind: 'command',
  summary: 'Destroys a card by two persons: the first call notes who wants it, the second by another person does it; a move in between makes the first void',
  input: cardAtCounter,
  output: z.object({ cardSerial: z.string(), state: z.enum(CARD_STATES), awaits: z.literal('SECOND_PERSON').nullable() }),
  refusals: [...refusals(cardIssuanceProblems, 'SAME_PERSON', 'REMINDER_DUE'), ...counterRefusals],
});

/** Destruction (CARD-3.5); nobody came for an uncollected card in spite of the reminder, so its application ends with it. */
export class DestroyCard implements UseCase<typeof destroySpec> {
  readonly spec = destroySpec;

  constructor(private readonly stores: ReturnStores) {}

  async execute(ctx: Ctx, { cardSerial, terminalId }: InputOf<typeof destroySpec>): Promise<OutputOf<typeof destroySpec>> {
    const { cards } = this.stores;
    const { applicationId } = found(await cards.find(ctx.db, cardSerial));
    const application = await this.stores.applications.lock(ctx.db, applicationId);
    const card = found(await cards.lock(ctx.db, cardSerial));
    await requireCounterOf(ctx, this.stores, card);
    if (!CARD_TRANSITIONS[card.state].includes('DESTROYED')) throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: card.state, to: 'DESTROYED' } });
    if (card.state === 'UNCOLLECTED' && !(await cards.wasReminded(ctx.db, cardSerial))) throw cardIssuanceProblems.refuse('REMINDER_DUE');
    const officer = officerOf(ctx);
    const first = await cards.proposeDestruction(ctx.db, card, officer, ctx.now);
    ctx.audit({ object: `card:${cardSerial}`, subjects: [card.personKey], facts: { to: 'DESTROYED', person: first === undefined ? 'FIRST' : 'SECOND' } });
    if (first === undefined) return { cardSerial, state: card.state, awaits: 'SECOND_PERSON' };
    if (isSameOfficer(first, officer)) throw cardIssuanceProblems.refuse('SAME_PERSON');
    await moveCards(ctx, cards, [card], { to: 'DESTROYED', reason: card.state, terminal: terminalId });
    if (card.state === 'UNCOLLECTED' && application?.state === 'ORDERED') {
      const { municipalityCode, channel, version } = application;
      await this.stores.applications.moveTo(ctx.db, [applicationId], { state: 'INVALIDATED', codes: ['UNCOLLECTED'] });
      ctx.emit(applicationInvalidated, { aggregateId: applicationId, sequence: version + 1, data: { applicationId, municipalityCode, channel, codes: ['UNCOLLECTED'] } });
    }
    return { cardSerial, state: 'DESTROYED', awaits: null };
  }
}

const releaseSpec = useCase({
  action: 'card-issuance.card.release',
  kind: 'command',
  summary: 'A withheld or missing card lies at the municipality and is right after all: it goes on to the preset, which compares it once more',
  input: cardAtCounter,
  output: z.object({ cardSerial: z.string(), state: z.literal('RECEIVED') }),
  refusals: counterRefusals,
});

/** The way back (CARD-3.5): only while no other card is made for the application, and the application still stands. */
export class ReleaseCard implements UseCase<typeof releaseSpec> {
  readonly spec = releaseSpec;

  constructor(private readonly stores: ReturnStores) {}

  async execute(ctx: Ctx, { cardSerial, terminalId }: InputOf<typeof releaseSpec>): Promise<OutputOf<typeof releaseSpec>> {
    const { cards, applications } = this.stores;
    const { applicationId } = found(await cards.find(ctx.db, cardSerial));
    const application = await applications.lock(ctx.db, applicationId);
    const card = found(await cards.lock(ctx.db, cardSerial));
    requireJurisdiction(ctx, card.municipalityCode);
    if (card.state !== 'WITHHELD' && card.state !== 'MISSING') throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: card.state, to: 'RECEIVED' } });
    if (application?.state !== 'APPROVED') throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { application: application?.state ?? 'NONE' } });
    await moveCards(ctx, cards, [card], { to: 'RECEIVED', reason: 'RELEASED', terminal: terminalId });
    await applications.moveTo(ctx.db, [applicationId], { state: 'ORDERED' });
    const { municipalityCode, channel, version } = application;
    ctx.emit(applicationOrdered, { aggregateId: applicationId, sequence: version + 1, data: { applicationId, municipalityCode, channel } });
    ctx.audit({ object: `card:${cardSerial}`, subjects: [card.personKey], facts: { to: 'RECEIVED' } });
    return { cardSerial, state: 'RECEIVED' };
  }
}
