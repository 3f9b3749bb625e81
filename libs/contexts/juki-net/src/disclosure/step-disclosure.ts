import { jukiNetProblems, writtenText } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import { officerOf, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { within } from '../inquiry/ask-register.js';
import { decideDisclosure, type DisclosureRequest, type DisclosureStep, MEANS, OUTCOMES } from './disclosure.js';
import type { DisclosureStore } from './disclosure.store.js';
import { disclosureView, viewOfDisclosure } from './disclosure-view.js';

const MOST_LISTED = 1_000;
const byId = z.strictObject({ requestId: z.uuid() });
const STEP_REFUSALS = [
  ...refusals(jukiNetProblems, 'DISCLOSURE_STATE', 'ITEM_NOT_ALLOWED', 'REASON_MISSING', 'REQUIRED', 'RESIDENT_UNKNOWN'),
  ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
];

/** Takes a step of a request, of which the caller's jurisdiction is that of the counter. */
export async function takeStep(ctx: Ctx, requests: DisclosureStore, requestId: string, step: DisclosureStep): Promise<DisclosureRequest> {
  const request = await requests.lock(ctx.db, requestId);
  if (request === undefined) throw platformProblems.refuse('NOT_FOUND');
  requireJurisdiction(ctx, request.organisation);
  const stepped = decideDisclosure(request, step);
  if ('refusal' in stepped) throw jukiNetProblems.refuse(stepped.refusal, { facts: { state: request.state } });
  await requests.save(ctx.db, stepped, ctx.now);
  ctx.audit({ object: `disclosure:${requestId}`, subjects: request.personKey === null ? [] : [request.personKey], facts: { from: request.state, to: stepped.state } });
  return stepped;
}

const identifySpec = useCase({
  action: 'juki-net.disclosure.identify', kind: 'command', summary: 'Notes by what the counter knew that the person is the one they ask about',
  output: disclosureView, refusals: STEP_REFUSALS,
  input: byId.extend({ means: z.enum(MEANS) }),
});

export class IdentifyRequester implements UseCase<typeof identifySpec> {
  readonly spec = identifySpec;
  constructor(private readonly requests: DisclosureStore) {}

  async execute(ctx: Ctx, { requestId, means }: InputOf<typeof identifySpec>): Promise<OutputOf<typeof identifySpec>> {
    return viewOfDisclosure(await takeStep(ctx, this.requests, requestId, { kind: 'IDENTIFY', means }));
  }
}

const decideSpec = useCase({
  action: 'juki-net.disclosure.decide', kind: 'command', summary: 'Decides a request; anything but full disclosure needs its reason',
  output: disclosureView, refusals: STEP_REFUSALS,
  input: byId.extend({
    outcome: z.enum(OUTCOMES),
    withheld: z.array(writtenText(60)).max(50).default([]).describe('PARTIAL: items, or affairs of a use history, that are left out'),
    reason: writtenText(500).optional(),
  }),
});

export class DecideDisclosure implements UseCase<typeof decideSpec> {
  readonly spec = decideSpec;
  constructor(private readonly requests: DisclosureStore) {}

  async execute(ctx: Ctx, { requestId, outcome, withheld, reason }: InputOf<typeof decideSpec>): Promise<OutputOf<typeof decideSpec>> {
    const officer = officerOf(ctx);
    return viewOfDisclosure(await takeStep(ctx, this.requests, requestId, { kind: 'DECIDE', outcome, withheld, reason: reason ?? null, officer }));
  }
}

const getSpec = useCase({
  action: 'juki-net.disclosure.get', kind: 'question', summary: 'A request for disclosure and its days', input: byId, output: disclosureView,
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

export class GetDisclosure implements UseCase<typeof getSpec> {
  readonly spec = getSpec;
  constructor(private readonly requests: DisclosureStore) {}

  async execute(ctx: Ctx, { requestId }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    const request = await this.requests.find(ctx.db, requestId);
    if (request === undefined) throw platformProblems.refuse('NOT_FOUND');
    requireJurisdiction(ctx, request.organisation);
    ctx.audit({ object: `disclosure:${requestId}`, subjects: request.personKey === null ? [] : [request.personKey] });
    return viewOfDisclosure(request);
  }
}

const overdueSpec = useCase({
  action: 'juki-net.disclosure.list-overdue', kind: 'question',
  summary: 'Requests whose day has passed without an answer, the longest first; `lawful` is false when the day of the law has passed too',
  input: z.strictObject({}), output: z.object({ items: z.array(disclosureView.extend({ lawful: z.boolean() })) }), refusals: [],
});

export class ListOverdueDisclosures implements UseCase<typeof overdueSpec> {
  readonly spec = overdueSpec;
  constructor(private readonly requests: DisclosureStore) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof overdueSpec>> {
    const today = localDateInJapan(ctx.now);
    const overdue = await this.requests.overdue(ctx.db, within(ctx), today, MOST_LISTED);
    ctx.audit({ object: 'disclosures', facts: { overdue: overdue.length } });
    return { items: overdue.map((request) => ({ ...viewOfDisclosure(request), lawful: today <= request.dueOn })) };
  }
}
