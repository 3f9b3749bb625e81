import { jukiNetProblems } from '#contracts/juki-net';
import { addYears, localDateInJapan, startOfDayInJapan, toLocalDate } from '#kernel';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { FEE_CLASSES, itemsUnderGrant, type KeyKind } from '../inquiry/grant.js';
import type { Grant, GrantStore } from '../inquiry/grant.store.js';
import type { InquiryStore } from '../inquiry/inquiry.store.js';
import { hasOneKey, personKeyInput } from './change-list.js';
import { costOf, FEWEST_PERSONS, linesOfHistory } from './cost.js';
import { requireOwnSubscription } from './follow-subscription.js';
import { calendarInput, reasonsInput } from './set-subscription.js';
import type { SubscriptionStore } from './subscription.store.js';

const MOST_SAMPLED = 1_000;
const cost = z.object({ lines: z.number(), yen: z.number(), arithmetic: z.string() });

const spec = useCase({
  action: 'juki-net.subscription.preview',
  kind: 'question',
  summary: 'What a change subscription would cost a year beside asking for everybody again, by the past year of the persons themselves: a list or a sample of it, or the list of a subscription',
  input: z.strictObject({
    grantId: z.uuid().describe('for CHANGE_FEED, or for the batches that it would replace'), reasons: reasonsInput, calendar: calendarInput,
    subscriptionId: z.uuid().optional().describe('whose list is sampled'),
    persons: z.array(z.strictObject(personKeyInput).refine(hasOneKey, { params: { code: 'ONE_KEY' } })).max(MOST_SAMPLED).optional(),
    listSize: z.number().int().min(FEWEST_PERSONS).max(200_000_000).optional().describe('of the whole list, where `persons` is a sample'),
    timesPerYear: z.number().int().min(1).max(366).optional().describe('askings of the whole list; left out, the batches of the past year under the grant count'),
  }).refine((input) => (input.persons === undefined) !== (input.subscriptionId === undefined), { params: { code: 'ONE_LIST' }, path: ['persons'] }),
  output: z.object({
    asked: z.number(), sampled: z.number().describe('persons found'), listSize: z.number(), feeClass: z.enum(FEE_CLASSES), yearFrom: z.string(),
    fullAsking: cost, changeFeed: cost, saved: z.object({ lines: z.number(), yen: z.number() }),
  }),
  refusals: [...refusals(jukiNetProblems, 'GRANT_NOT_ACTIVE', 'KEY_KIND_NOT_GRANTED', 'LIST_TOO_SHORT', 'MODE_NOT_GRANTED'), ...refusals(platformProblems, 'NOT_FOUND')],
});

type Input = InputOf<typeof spec>;

/** The Board of Audit found a yearly asking almost wholly avoidable, since the monthly one told the same (JUKI-4.7): this tells before. */
export class PreviewCost implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(
    private readonly subscriptions: SubscriptionStore,
    private readonly grants: GrantStore,
    private readonly inquiries: InquiryStore,
  ) {}

  async execute(ctx: Ctx, input: Input): Promise<OutputOf<typeof spec>> {
    const grant = requireGrant(ctx, await this.grants.find(ctx.db, input.grantId), input.persons);
    const list = await this.list(ctx, input);
    const sample = [...new Set(list.personKeys)];
    if (sample.length < FEWEST_PERSONS) throw jukiNetProblems.refuse('LIST_TOO_SHORT');
    const yearFrom = addYears(localDateInJapan(ctx.now), -1);
    const since = startOfDayInJapan(yearFrom);
    const notified = await this.subscriptions.notified(ctx.db, sample, since);
    const changes = notified.filter(({ reason }) => input.reasons.includes(reason)).map(({ personKey, day }) => ({ personKey, day: toLocalDate(day) }));
    const { timesPerYear } = input;
    const { institution, organisation, grantId, feeClass } = grant;
    const full = timesPerYear === undefined ? await this.subscriptions.habit(ctx.db, { institution, organisation, grantId }, since) : { timesPerYear };
    const listSize = Math.max(input.listSize ?? list.size, sample.length);
    ctx.audit({ object: `grant:${grantId}`, subjects: sample, facts: { sampled: sample.length, listSize } });
    return { asked: list.asked, sampled: sample.length, listSize, feeClass, yearFrom, ...costOf({ sample: sample.length, historyLines: linesOfHistory(input.calendar, changes), listSize, full, feeClass }) };
  }

  private async list(ctx: Ctx, { persons = [], subscriptionId }: Input): Promise<{ readonly personKeys: readonly string[]; readonly asked: number; readonly size: number }> {
    if (subscriptionId !== undefined) {
      const { persons: size } = requireOwnSubscription(ctx, await this.subscriptions.find(ctx.db, subscriptionId));
      const personKeys = await this.subscriptions.sample(ctx.db, subscriptionId, MOST_SAMPLED);
      return { personKeys, asked: personKeys.length, size };
    }
    const today = localDateInJapan(ctx.now);
    const codes = await this.inquiries.byCodes(ctx.db, persons.flatMap(({ residentCode }) => residentCode ?? []), today);
    const numbers = await this.inquiries.byNumbers(ctx.db, persons.flatMap(({ individualNumber }) => individualNumber ?? []), today);
    const found = [...codes.map((answer) => (answer?.superseded === true ? undefined : answer?.person)), ...numbers];
    return { personKeys: found.flatMap((person) => person?.personKey ?? []), asked: persons.length, size: persons.length };
  }
}

/** Under a grant of batches too: whoever asks in batches is told what they could save. Persons listed already are named by no key. */
function requireGrant(ctx: Ctx, grant: Grant | undefined, persons: Input['persons']): Grant {
  const { kind: institution, organisation } = ctx.actor;
  const named = persons?.map(({ residentCode }): KeyKind => (residentCode === undefined ? 'INDIVIDUAL_NUMBER' : 'RESIDENT_CODE'));
  for (const keyKind of new Set(named ?? grant?.keyKinds.slice(0, 1))) {
    const answerFor = (mode: 'CHANGE_FEED' | 'BATCH_LINE') => itemsUnderGrant(grant, { institution, organisation, purpose: ctx.permission.purpose, mode, keyKind, items: undefined, day: localDateInJapan(ctx.now) });
    const answer = answerFor('CHANGE_FEED');
    if ('refusal' in answer && 'refusal' in answerFor('BATCH_LINE')) throw jukiNetProblems.refuse(answer.refusal, { facts: { resultCode: '40' } });
  }
  if (grant === undefined) throw jukiNetProblems.refuse('GRANT_NOT_ACTIVE');
  return grant;
}
