import { localDateInJapan, toLocalDate } from '#kernel';
import { cardContinued, cardExtended, cardFaceAdded, cardIssuanceProblems } from '#contracts/card-issuance';
import { found, platformProblems, reaches, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type Peers, type UseCase } from '#platform';
import { z } from 'zod';
import type { ApplicationStore } from '../application/application.store.js';
import type { ProductionStore } from '../production/production.store.js';
import type { CardStore } from './card.store.js';
import { cardAtCounter } from './card-serial.js';
import { continuedUseFault, DEADLINE_KINDS, FACE_ADDITIONS } from './continued-use.js';
import type { EndStores } from './end-card.js';
import { holderOf, residenceOf } from './holder.js';
import { noteOn } from './move-cards.js';
import { requireCounterOf } from './return-card.js';
import { cardExpiry, decisiveBirthDate, extendedExpiry } from './validity.js';

const counterRefusals = refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION', 'UNAVAILABLE');

interface ContinueStores extends EndStores {
  readonly applications: ApplicationStore;
  readonly production: ProductionStore;
}

const continueSpec = useCase({
  action: 'card-issuance.card.continue',
  kind: 'process',
  summary: 'The holder, or somebody of the same household, continues a card in the municipality that the holder moved to',
  input: cardAtCounter.extend({
    municipalityCode: z.string().regex(/^\d{6}$/).describe('where the holder lives now'),
    actingPerson: z.enum(['HOLDER', 'HOUSEHOLD_MEMBER', 'REPRESENTATIVE']),
    pinVerified: z.boolean().describe('the chip accepted its PIN, given by the acting person'),
  }),
  output: z.object({ cardSerial: z.string(), municipalityCode: z.string(), additionsLeft: z.number().int(), reissueDue: z.boolean().describe('the face has no space for the new address: the card goes on, a re-issue is free') }),
  refusals: [...refusals(cardIssuanceProblems, 'CONTINUED_USE_IMPOSSIBLE'), ...counterRefusals],
});

/** Continued use (CARD-4.10). */
export class ContinueCard implements UseCase<typeof continueSpec> {
  readonly spec = continueSpec;

  constructor(
    private readonly stores: ContinueStores,
    private readonly peers: Peers,
  ) {}

  async execute(ctx: Ctx, { cardSerial, terminalId, municipalityCode, actingPerson, pinVerified }: InputOf<typeof continueSpec>): Promise<OutputOf<typeof continueSpec>> {
    requireJurisdiction(ctx, municipalityCode);
    const holder = await holderOf(ctx, this.peers, found(await this.stores.cards.find(ctx.db, cardSerial)));
    return ctx.transaction(async (tx) => {
      const card = found(await this.stores.cards.lock(tx.db, cardSerial));
      const open = (await this.stores.deadlines.open(tx.db, cardSerial)).find(({ kind }) => kind === 'CONTINUED_USE');
      // Whether a card of elsewhere exists is told only where its holder has come to.
      if (open?.municipalityCode !== municipalityCode && !reaches(tx.actor, tx.permission, card.municipalityCode)) throw platformProblems.refuse('NOT_FOUND');
      const fault = continuedUseFault(card, open, { today: localDateInJapan(tx.now), pinVerified, residesIn: residenceOf(holder), municipalityCode });
      if (fault !== undefined) throw cardIssuanceProblems.refuse('CONTINUED_USE_IMPOSSIBLE', { facts: { why: fault } });
      const reissueDue = card.additions >= FACE_ADDITIONS;
      const additions = reissueDue ? card.additions : card.additions + 1;
      await noteOn(tx, this.stores.cards, { ...card, municipalityCode }, { event: cardContinued, reason: 'CONTINUED_USE', terminal: terminalId });
      await this.stores.cards.addToFace(tx.db, cardSerial, { additions, municipalityCode });
      await this.stores.deadlines.end(tx.db, [cardSerial], DEADLINE_KINDS, { outcome: 'CONTINUED', now: tx.now });
      tx.audit({ object: `card:${cardSerial}`, subjects: [card.personKey], facts: { continuedIn: municipalityCode, actingPerson } });
      return { cardSerial, municipalityCode, additionsLeft: FACE_ADDITIONS - additions, reissueDue };
    });
  }
}

const addSpec = useCase({
  action: 'card-issuance.card.add-to-face',
  kind: 'command',
  summary: 'A changed name or address was written on the face and into the chip; with no space left the card must be re-issued, free of charge',
  input: cardAtCounter,
  output: z.object({ cardSerial: z.string(), additionsLeft: z.number().int() }),
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE', 'NO_SPACE_ON_FACE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** An entry in the write-in area (CARD-4.9, 4.10). */
export class AddToFace implements UseCase<typeof addSpec> {
  readonly spec = addSpec;

  constructor(private readonly cards: CardStore) {}

  async execute(ctx: Ctx, { cardSerial, terminalId }: InputOf<typeof addSpec>): Promise<OutputOf<typeof addSpec>> {
    const card = found(await this.cards.lock(ctx.db, cardSerial));
    requireJurisdiction(ctx, card.municipalityCode);
    if (card.state !== 'ACTIVE') throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: card.state } });
    if (card.additions >= FACE_ADDITIONS) throw cardIssuanceProblems.refuse('NO_SPACE_ON_FACE');
    const additions = card.additions + 1;
    await noteOn(ctx, this.cards, card, { event: cardFaceAdded, reason: 'FACE_ADDITION', terminal: terminalId });
    await this.cards.addToFace(ctx.db, cardSerial, { additions, municipalityCode: card.municipalityCode });
    ctx.audit({ object: `card:${cardSerial}`, subjects: [card.personKey], facts: { additions } });
    return { cardSerial, additionsLeft: FACE_ADDITIONS - additions };
  }
}

const extendSpec = useCase({
  action: 'card-issuance.card.extend',
  kind: 'process',
  summary: 'Extends a foreign resident\'s card with the renewed stay, up to the birthday that bounded it at issue',
  input: cardAtCounter.extend({ stayEnd: z.iso.date().describe('last day of the stay, as the residence card has it') }),
  output: z.object({ cardSerial: z.string(), expiryDate: z.iso.date() }),
  refusals: [...refusals(cardIssuanceProblems, 'NOT_EXTENDABLE'), ...counterRefusals],
});

/** Extension of validity (CARD-4.6). */
export class ExtendCard implements UseCase<typeof extendSpec> {
  readonly spec = extendSpec;

  constructor(
    private readonly stores: ContinueStores,
    private readonly peers: Peers,
  ) {}

  async execute(ctx: Ctx, { cardSerial, terminalId, stayEnd }: InputOf<typeof extendSpec>): Promise<OutputOf<typeof extendSpec>> {
    const holder = await holderOf(ctx, this.peers, found(await this.stores.cards.find(ctx.db, cardSerial)));
    return ctx.transaction(async (tx) => {
      const { applications, cards, production } = this.stores;
      const card = found(await cards.lock(tx.db, cardSerial));
      await requireCounterOf(tx, this.stores, card);
      const [present, face, moves] = [found(await cards.find(tx.db, cardSerial)), found(await production.face(tx.db, cardSerial)), await cards.moves(tx.db, cardSerial)];
      const issuedOn = localDateInJapan(moves[0]?.at ?? tx.now);
      const application = found(await applications.find(tx.db, card.applicationId));
      const bound = cardExpiry(decisiveBirthDate(face.birthDate), issuedOn, undefined, localDateInJapan(application.receivedAt));
      const expiryDate = extendedExpiry(toLocalDate(present.expiryDate), bound, toLocalDate(stayEnd));
      if (card.state !== 'ACTIVE' || holder?.foreignResident !== true || expiryDate === undefined) throw cardIssuanceProblems.refuse('NOT_EXTENDABLE', { facts: { state: card.state, bound } });
      await noteOn(tx, cards, card, { event: cardExtended, reason: 'STAY_RENEWED', terminal: terminalId });
      await cards.setExpiry(tx.db, cardSerial, expiryDate);
      tx.audit({ object: `card:${cardSerial}`, subjects: [card.personKey], facts: { expiryDate } });
      return { cardSerial, expiryDate };
    });
  }
}
