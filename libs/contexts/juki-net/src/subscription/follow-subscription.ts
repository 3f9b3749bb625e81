import { nextOf, pageLimit, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { FREQUENCIES, type Subscription, SUBSCRIPTION_STATES } from './subscription.js';
import type { SubscriptionStore } from './subscription.store.js';

export const subscriptionView = z.object({
  subscriptionId: z.uuid(), organisation: z.string(), grantId: z.uuid(), reasons: z.array(z.string()), calendar: z.object({ every: z.enum(FREQUENCIES), day: z.number().optional() }),
  state: z.enum(SUBSCRIPTION_STATES), persons: z.number(), nextOn: z.string().optional().describe('day of the next file, if anybody changes'),
  comparedAt: z.iso.datetime().describe('what changed before was told, as far as it was wanted'),
});

const showSpec = useCase({
  action: 'juki-net.subscription.get', kind: 'question', summary: 'A subscription to changes; its files are listed by GET /batches?subscriptionId=',
  input: z.strictObject({ subscriptionId: z.uuid() }), output: subscriptionView, refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class ShowSubscription implements UseCase<typeof showSpec> {
  readonly spec = showSpec;
  constructor(private readonly subscriptions: SubscriptionStore) {}

  async execute(ctx: Ctx, { subscriptionId }: InputOf<typeof showSpec>): Promise<OutputOf<typeof showSpec>> {
    const subscription = requireOwnSubscription(ctx, await this.subscriptions.find(ctx.db, subscriptionId));
    ctx.audit({ object: `subscription:${subscriptionId}` });
    return viewOf(subscription);
  }
}

const listSpec = useCase({
  action: 'juki-net.subscription.list', kind: 'question', summary: 'Subscriptions to changes: an organisation sees its own, an operator all',
  input: z.strictObject({ after: z.uuid().optional(), limit: pageLimit }),
  output: z.object({ items: z.array(subscriptionView), next: z.uuid().optional() }),
  refusals: [],
});

export class ListSubscriptions implements UseCase<typeof listSpec> {
  readonly spec = listSpec;
  constructor(private readonly subscriptions: SubscriptionStore) {}

  async execute(ctx: Ctx, { after, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const { kind: institution, organisation } = ctx.actor;
    const subscriptions = await this.subscriptions.list(ctx.db, { owner: institution === 'operator' ? undefined : { institution, organisation }, after, limit });
    ctx.audit({ object: 'subscriptions', facts: { listed: subscriptions.length } });
    return { items: subscriptions.map(viewOf), ...nextOf(subscriptions, limit, ({ subscriptionId }) => subscriptionId) };
  }
}

/** Another organisation's subscription is as if there were none; operators see counts. Refuses NOT_FOUND. */
export function requireOwnSubscription(ctx: Ctx, subscription: Subscription | undefined): Subscription {
  const { kind, organisation } = ctx.actor;
  const isReached = kind === 'operator' || (subscription?.institution === kind && subscription.organisation === organisation);
  if (subscription === undefined || !isReached) throw platformProblems.refuse('NOT_FOUND');
  return subscription;
}

export function viewOf({ subscriptionId, organisation, grantId, reasons, calendar, state, persons, nextOn, comparedAt }: Subscription): z.input<typeof subscriptionView> {
  const { every, day } = calendar;
  return {
    subscriptionId, organisation, grantId, reasons: [...reasons], calendar: { every, ...(day === undefined ? {} : { day }) }, state, persons,
    ...(state === 'ACTIVE' ? { nextOn } : {}), comparedAt: comparedAt.toISOString(),
  };
}
