import { CARD_STATES } from '#contracts/card-issuance';
import { reaches, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { CardCertificateStore } from '../state-mismatch/card-certificate.store.js';
import { CARD_PINS, type CardPinStore } from './card-pin.store.js';
import type { CardDetails, CardStore } from './card.store.js';
import { DEADLINE_KINDS, FACE_ADDITIONS } from './continued-use.js';
import type { DeadlineStore } from './deadline.store.js';

const state = z.enum(CARD_STATES);
const moment = z.iso.datetime().nullable();
const spec = useCase({
  action: 'card-issuance.card.list-of-person',
  kind: 'question',
  summary: 'All cards of a person with history, deadlines and certificates, for the counter and for disclosure to the holder; a municipality sees its own and those of people who moved in',
  input: z.strictObject({ personKey: z.uuid() }),
  output: z.object({
    cards: z.array(z.object({
      cardSerial: z.string(), municipalityCode: z.string(), state, chipState: z.string(), reason: z.string().nullable(), expiryDate: z.iso.date(), additionsLeft: z.number().int(),
      moves: z.array(z.object({
        version: z.number().int(), from: state.nullable(), to: state, reason: z.string().nullable(),
        client: z.string(), operator: z.string().nullable(), terminal: z.string().nullable(), at: z.iso.datetime(),
      })),
      pins: z.array(z.object({ pin: z.enum(CARD_PINS), setAt: moment, lockedAt: moment, resetAt: moment })),
      deadlines: z.array(z.object({ kind: z.enum(DEADLINE_KINDS), municipalityCode: z.string(), begunOn: z.iso.date(), lastDay: z.iso.date(), outcome: z.string().nullable() })),
      certificates: z.array(z.object({ type: z.string(), serial: z.string(), state: z.string(), reasonClass: z.string().nullable(), notAfter: z.iso.datetime(), recordedAt: z.iso.datetime() }))
        .describe('as the certification authority told last'),
    })),
  }),
  refusals: [],
});

interface Stores {
  readonly cards: CardStore;
  readonly deadlines: DeadlineStore;
  readonly certificates: CardCertificateStore;
  readonly pins: CardPinStore;
}

/** The holder's view (CARD-3.5, 8). */
export class ListCardsOfPerson implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly stores: Stores) {}

  async execute(ctx: Ctx, { personKey }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const all = await this.stores.cards.listOfPerson(ctx.db, personKey);
    const cards = (await Promise.all(all.map((card) => this.view(ctx, card)))).filter((view) =>
      [view.municipalityCode, ...view.deadlines.flatMap(({ kind, municipalityCode }) => (kind === 'CONTINUED_USE' ? [municipalityCode] : []))].some((code) => reaches(ctx.actor, ctx.permission, code)));
    ctx.audit({ object: `person:${personKey}`, subjects: [personKey], facts: { cards: cards.length } });
    return { cards };
  }

  private async view(ctx: Ctx, { cardSerial, municipalityCode, state: present, chipState, reason, expiryDate, additions }: CardDetails): Promise<OutputOf<typeof spec>['cards'][number]> {
    const moves = (await this.stores.cards.moves(ctx.db, cardSerial)).map((move) => ({ ...move, at: move.at.toISOString() }));
    const deadlines = await this.stores.deadlines.history(ctx.db, cardSerial);
    const certificates = (await this.stores.certificates.ofCard(ctx.db, cardSerial)).map((one) => ({ ...one, notAfter: one.notAfter.toISOString(), recordedAt: one.recordedAt.toISOString() }));
    const pins = (await this.stores.pins.ofCard(ctx.db, cardSerial)).map(({ pin, ...at }) => ({ pin, setAt: at.setAt?.toISOString() ?? null, lockedAt: at.lockedAt?.toISOString() ?? null, resetAt: at.resetAt?.toISOString() ?? null }));
    return { cardSerial, municipalityCode, state: present, chipState, reason, expiryDate, additionsLeft: FACE_ADDITIONS - additions, moves, pins, deadlines, certificates };
  }
}
