import { localDateInJapan, type LocalDate } from '#kernel';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { platformProblems, refusals, requireJurisdiction, useCase, type BinaryAnswer, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { awaitsStay, type ApplicationState } from './application.js';
import { isApplicationId } from './application-id.js';
import type { Application, ApplicationStore } from './application.store.js';

/** What an applicant is told of each state (CARD-5). */
export const STATUSES = ['IN_REVIEW', 'DEFICIENT', 'IN_PRODUCTION', 'HANDED_OVER', 'ENDED'] as const;
export const COARSE = { RECEIVED: 'IN_REVIEW', UNDER_REVIEW: 'IN_REVIEW', DEFICIENT: 'DEFICIENT', APPROVED: 'IN_PRODUCTION', ORDERED: 'IN_PRODUCTION', FULFILLED: 'HANDED_OVER', REFUSED: 'ENDED', WITHDRAWN: 'ENDED', INVALIDATED: 'ENDED', LAPSED: 'ENDED' } as const satisfies Record<ApplicationState, (typeof STATUSES)[number]>;

const spec = useCase({
  action: 'card-issuance.application.status',
  kind: 'question',
  summary: 'How far an application is, as an applicant may be told',
  input: z.strictObject({ applicationId: z.string() }),
  output: z.object({ applicationId: z.string(), status: z.enum(STATUSES), codes: z.array(z.string()), receivedAt: z.iso.datetime() }),
  refusals: [...refusals(cardIssuanceProblems, 'BAD_ID'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION')],
});

/** The coarse state of one application (CARD-5). */
export class ShowApplication implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly applications: ApplicationStore) {}

  async execute(ctx: Ctx, { applicationId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const application = isApplicationId(applicationId) ? await this.applications.find(ctx.db, applicationId) : undefined;
    if (application === undefined) throw cardIssuanceProblems.refuse('BAD_ID');
    requireJurisdiction(ctx, application.municipalityCode);
    ctx.audit({ object: `application:${applicationId}`, subjects: [application.personKey] });
    return { applicationId, status: COARSE[application.state], codes: [...application.codes], receivedAt: application.receivedAt.toISOString() };
  }
}

const listSpec = useCase({
  action: 'card-issuance.application.list-waiting',
  kind: 'question',
  summary: 'Applications that wait for an examiner, or approved ones for the end of a foreign resident\'s stay, page by page; nothing about people',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/).optional(), after: z.string().regex(/^\d{0,23}$/).default(''), limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
  output: z.object({ items: z.array(z.object({ applicationId: z.string(), municipalityCode: z.string(), channel: z.string(), state: z.string(), refusalProposed: z.boolean(), stayAwaited: z.boolean(), receivedAt: z.iso.datetime() })), next: z.string().optional() }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

/** The examiners' queue, and for a municipality what waits for its word. */
export class ListWaitingApplications implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly applications: ApplicationStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const municipalityCode = input.municipalityCode ?? (ctx.actor.kind === 'municipality' ? ctx.actor.organisation : undefined);
    if (municipalityCode !== undefined) requireJurisdiction(ctx, municipalityCode);
    const today = localDateInJapan(ctx.now);
    const rows = await this.applications.listWaiting(ctx.db, { ...input, municipalityCode, today });
    const last = rows.at(-1);
    return { items: rows.map((row) => waiting(row, today)), ...(rows.length === input.limit && last !== undefined ? { next: last.applicationId } : {}) };
  }
}

function waiting(application: Application, today: LocalDate): z.output<typeof listSpec.output>['items'][number] {
  const { applicationId, municipalityCode, channel, state, refusalProposedBy, receivedAt } = application;
  return { applicationId, municipalityCode, channel, state, refusalProposed: refusalProposedBy !== null, stayAwaited: awaitsStay(application, today), receivedAt: receivedAt.toISOString() };
}

const photoSpec = useCase({
  action: 'card-issuance.application.photo',
  kind: 'question',
  summary: 'The photo of an application as it would be printed, for its examiner',
  input: z.strictObject({ applicationId: z.string().regex(/^\d{23}$/) }),
  output: z.custom<BinaryAnswer>(),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

/** What the examiner looks at. */
export class ShowApplicationPhoto implements UseCase<typeof photoSpec> {
  readonly spec = photoSpec;

  constructor(private readonly applications: ApplicationStore) {}

  async execute(ctx: Ctx, { applicationId }: InputOf<typeof photoSpec>): Promise<BinaryAnswer> {
    const application = await this.applications.find(ctx.db, applicationId);
    const photo = await this.applications.photo(ctx.db, applicationId);
    if (application === undefined || photo === undefined) throw platformProblems.refuse('NOT_FOUND');
    ctx.audit({ object: `application:${applicationId}`, subjects: [application.personKey] });
    return { contentType: 'image/jpeg', body: photo };
  }
}
