import { CARD_STATES } from '#contracts/card-issuance';
import { found, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { HandoverStore } from '../handover/handover.store.js';
import { cardSerialInput } from './card-serial.js';
import type { CardStore } from './card.store.js';

const state = z.enum(CARD_STATES);
const summary = z.object({ cardSerial: z.string(), personKey: z.uuid(), municipalityCode: z.string(), state, wishSign: z.boolean(), wishAuth: z.boolean() });

const spec = useCase({
  action: 'card-issuance.card.show',
  kind: 'question',
  summary: 'A card\'s state in the ledger and its history',
  input: z.strictObject({ cardSerial: cardSerialInput }),
  output: summary.extend({
    activation: z.object({ state: z.enum(['WAITING', 'DONE', 'REFUSED']), refusalCode: z.string().nullable() }).optional().describe('certificates that could not be activated at the hand-over'),
    chipState: z.string(), reason: z.string().nullable(), expiryDate: z.iso.date(), noticeNo: z.string().nullable(),
    moves: z.array(z.object({ version: z.number(), from: state.nullable(), to: state, reason: z.string().nullable(), at: z.iso.datetime() })),
  }),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

/** One card (CARD-3.5). */
export class ShowCard implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly cards: CardStore,
    private readonly handovers: HandoverStore,
  ) {}

  async execute(ctx: Ctx, { cardSerial }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const card = found(await this.cards.find(ctx.db, cardSerial));
    requireJurisdiction(ctx, card.municipalityCode);
    ctx.audit({ object: `card:${cardSerial}`, subjects: [card.personKey] });
    const { personKey, municipalityCode, wishSign, wishAuth, chipState, reason, expiryDate, noticeNo } = card;
    const moves = (await this.cards.moves(ctx.db, cardSerial)).map(({ version, from, to, reason: why, at }) => ({ version, from, to, reason: why, at: at.toISOString() }));
    const activation = await this.handovers.activation(ctx.db, cardSerial);
    return { cardSerial, personKey, municipalityCode, state: card.state, wishSign, wishAuth, chipState, reason, expiryDate, noticeNo, moves, ...(activation === undefined ? {} : { activation }) };
  }
}

const listSpec = useCase({
  action: 'card-issuance.card.list',
  kind: 'question',
  summary: 'Cards of a municipality by state, page by page',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/), state: state.optional(), after: z.string().regex(/^[0-9A-Z]{0,16}$/).default(''), limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
  output: z.object({ items: z.array(summary), next: z.string().optional() }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

/** The municipality's view of its cards. */
export class ListCards implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly cards: CardStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    requireJurisdiction(ctx, input.municipalityCode);
    const rows = await this.cards.list(ctx.db, { ...input, state: input.state });
    ctx.audit({ object: `cards:${input.municipalityCode}`, subjects: rows.map((card) => card.personKey) });
    const items = rows.map((card) => ({ cardSerial: card.cardSerial, personKey: card.personKey, municipalityCode: card.municipalityCode, state: card.state, wishSign: card.wishSign, wishAuth: card.wishAuth }));
    const last = rows.at(-1);
    return { items, ...(rows.length === input.limit && last !== undefined ? { next: last.cardSerial } : {}) };
  }
}
