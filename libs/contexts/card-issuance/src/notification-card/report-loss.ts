import { z } from 'zod';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { platformProblems, reaches, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { NOTIFICATION_CARD_STATES } from './notification-card.js';
import type { NotificationCardStore } from './notification-card.store.js';

const spec = useCase({
  action: 'card-issuance.notification-card.report-loss',
  kind: 'command',
  summary: 'A person has lost the notification card in force',
  input: z.strictObject({ personKey: z.uuid() }),
  output: z.object({ mailingId: z.uuid(), state: z.literal('LOST') }),
  refusals: [...refusals(cardIssuanceProblems, 'NOTHING_LOST'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION')],
});

/** CARD-3.2: IN_FORCE -> LOST. */
export class ReportLoss implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly cards: NotificationCardStore) {}

  async execute(ctx: Ctx, { personKey }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const card = (await this.cards.lockOf(ctx.db, personKey)).find(({ state }) => state === 'IN_FORCE');
    if (card === undefined) throw cardIssuanceProblems.refuse('NOTHING_LOST');
    requireJurisdiction(ctx, card.municipalityCode);
    if (!(await this.cards.move(ctx.db, personKey, card, 'LOST'))) throw cardIssuanceProblems.refuse('NOTHING_LOST');
    ctx.audit({ object: `notification-card:${card.mailingId}`, subjects: [personKey], facts: { to: 'LOST' } });
    return { mailingId: card.mailingId, state: 'LOST' };
  }
}

const listSpec = useCase({
  action: 'card-issuance.notification-card.list',
  kind: 'question',
  summary: 'Notification cards of a person, newest first, with the state of their envelopes',
  input: z.strictObject({ personKey: z.uuid() }),
  output: z.object({ items: z.array(z.object({ mailingId: z.uuid(), state: z.enum(NOTIFICATION_CARD_STATES), numberVersion: z.number(), mailingState: z.string() })) }),
  refusals: [],
});

/** A municipality sees those that it has sent. */
export class ListNotificationCards implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly cards: NotificationCardStore) {}

  async execute(ctx: Ctx, { personKey }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const cards = await this.cards.of(ctx.db, personKey);
    ctx.audit({ object: `notification-cards:${personKey}`, subjects: [personKey] });
    const visible = cards.filter((card) => reaches(ctx.actor, ctx.permission, card.municipalityCode));
    return { items: visible.map(({ mailingId, state, numberVersion, mailingState }) => ({ mailingId, state, numberVersion, mailingState })) };
  }
}
