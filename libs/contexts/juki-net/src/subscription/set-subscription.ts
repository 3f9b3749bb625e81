import { jukiNetProblems } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { itemsUnderGrant, KEY_KINDS } from '../inquiry/grant.js';
import type { Grant, GrantStore } from '../inquiry/grant.store.js';
import { CHANGE_REASONS } from '../resident/change-reason.js';
import { requireOwnSubscription, subscriptionView, viewOf } from './follow-subscription.js';
import { dueAfter, FREQUENCIES, isCalendar, settingFault, type Subscription } from './subscription.js';
import type { SubscriptionStore } from './subscription.store.js';

export const MODE = 'CHANGE_FEED';

export const calendarInput = z
  .strictObject({ every: z.enum(FREQUENCIES), day: z.number().int().min(1).max(31).optional().describe('WEEKLY: 1 Monday to 7 Sunday; MONTHLY: the last day where the month is shorter') })
  .refine(isCalendar, { params: { code: 'CALENDAR' } });
export const reasonsInput = z.array(z.string().refine((reason) => CHANGE_REASONS[reason] !== undefined, { params: { code: 'CHANGE_REASON' } })).min(1).max(Object.keys(CHANGE_REASONS).length);

const setSpec = useCase({
  action: 'juki-net.subscription.set',
  kind: 'command',
  summary: 'Subscribes to changes of persons that are listed afterwards, or changes reasons and calendar of a subscription (異動情報の継続提供)',
  input: z.strictObject({ subscriptionId: z.uuid().describe('chosen by the organisation'), grantId: z.uuid(), reasons: reasonsInput, calendar: calendarInput }),
  output: subscriptionView,
  refusals: [
    ...refusals(jukiNetProblems, 'GRANT_NOT_ACTIVE', 'KEY_KIND_NOT_GRANTED', 'MODE_NOT_GRANTED', 'SUBSCRIPTION_GRANT', 'SUBSCRIPTION_STATE'),
    ...refusals(platformProblems, 'NOT_FOUND'),
  ],
});

export class SetSubscription implements UseCase<typeof setSpec> {
  readonly spec = setSpec;
  constructor(
    private readonly subscriptions: SubscriptionStore,
    private readonly grants: GrantStore,
  ) {}

  async execute(ctx: Ctx, { subscriptionId, grantId, reasons, calendar }: InputOf<typeof setSpec>): Promise<OutputOf<typeof setSpec>> {
    requireFeedGrant(ctx, await this.grants.find(ctx.db, grantId));
    const { kind: institution, organisation } = ctx.actor;
    const nextOn = dueAfter(calendar, localDateInJapan(ctx.now));
    const number = await this.subscriptions.nextNumber(ctx.db, { institution, organisation });
    const fresh: Subscription = { subscriptionId, institution, organisation, number, grantId, reasons: [...new Set(reasons)].sort(), calendar, state: 'ACTIVE', persons: 0, nextOn, comparedAt: ctx.now, jobId: null, batchId: null };
    const isNew = await this.subscriptions.add(ctx.db, fresh, ctx.now);
    const subscription = isNew ? fresh : await this.change(ctx, fresh);
    ctx.audit({ object: `subscription:${subscriptionId}`, facts: { grantId, reasons: subscription.reasons.join(' '), every: calendar.every, isNew } });
    return viewOf(subscription);
  }

  private async change(ctx: Ctx, asked: Subscription): Promise<Subscription> {
    const subscription = requireOwnSubscription(ctx, await this.subscriptions.lock(ctx.db, asked.subscriptionId));
    const fault = settingFault(subscription, asked);
    if (fault !== undefined) throw jukiNetProblems.refuse(fault);
    const { reasons, calendar, nextOn } = asked;
    const changed = { ...subscription, reasons, calendar, nextOn };
    await this.subscriptions.set(ctx.db, changed, ctx.now);
    return changed;
  }
}

const endSpec = useCase({
  action: 'juki-net.subscription.end',
  kind: 'command',
  summary: 'Ends a subscription for good: its list is deleted; files made before can still be fetched',
  input: z.strictObject({ subscriptionId: z.uuid() }),
  output: subscriptionView,
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class EndSubscription implements UseCase<typeof endSpec> {
  readonly spec = endSpec;
  constructor(private readonly subscriptions: SubscriptionStore) {}

  async execute(ctx: Ctx, { subscriptionId }: InputOf<typeof endSpec>): Promise<OutputOf<typeof endSpec>> {
    const subscription = requireOwnSubscription(ctx, await this.subscriptions.lock(ctx.db, subscriptionId));
    const ended: Subscription = { ...subscription, state: 'ENDED', persons: 0 };
    if (subscription.state === 'ACTIVE') {
      await this.subscriptions.removePersons(ctx.db, subscriptionId, {});
      await this.subscriptions.set(ctx.db, ended, ctx.now);
    }
    ctx.audit({ object: `subscription:${subscriptionId}`, facts: { from: subscription.state, to: 'ENDED', persons: subscription.persons } });
    return viewOf(ended);
  }
}

/** Refuses like an inquiry unless the caller's grant lets persons be listed by one key at least. */
export function requireFeedGrant(ctx: Ctx, grant: Grant | undefined): Grant {
  const { kind: institution, organisation } = ctx.actor;
  const asked = { institution, organisation, purpose: ctx.permission.purpose, mode: MODE, items: undefined, day: localDateInJapan(ctx.now) } as const;
  const answers = KEY_KINDS.filter((keyKind) => keyKind !== 'FOUR_ITEMS').map((keyKind) => itemsUnderGrant(grant, { ...asked, keyKind }));
  const [first] = answers;
  if (answers.every((answer) => 'refusal' in answer) && first !== undefined && 'refusal' in first) throw jukiNetProblems.refuse(first.refusal, { facts: { resultCode: '40' } });
  if (grant === undefined) throw jukiNetProblems.refuse('GRANT_NOT_ACTIVE');
  return grant;
}
