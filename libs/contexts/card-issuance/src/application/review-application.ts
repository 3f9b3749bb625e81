import { createHash, randomBytes } from 'node:crypto';
import { applicationApproved, applicationDeficient, applicationRefused, cardIssuanceProblems } from '#contracts/card-issuance';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { APPLICATION_STATES, DEFICIENCIES, decideReview, requireExaminer, resubmissionEnd } from './application.js';
import type { Application, ApplicationStore } from './application.store.js';
import type { ApplicationNoticeStore } from './application-notice.store.js';
import { sharedPhoto } from './judge-photo.js';

const EVENTS = { APPROVED: applicationApproved, DEFICIENT: applicationDeficient, REFUSED: applicationRefused } as const;

const spec = useCase({
  action: 'card-issuance.application.review',
  kind: 'command',
  summary: 'An examiner\'s decision; a refusal counts when a second examiner decides the same, and nothing is approved whose photo turned out to be another person\'s too',
  input: z.strictObject({ applicationId: z.string().regex(/^\d{23}$/), decision: z.enum(['APPROVED', 'DEFICIENT', 'REFUSED']), codes: z.array(z.enum(DEFICIENCIES)).max(18).default([]), examiner: z.string().min(1).max(64).optional().describe('the examiner, where the token names none') })
    .refine(({ decision, codes }) => (decision === 'APPROVED') === (codes.length === 0), { path: ['codes'], params: { code: 'CODES_WITH_DECISION' } }),
  output: z.object({ applicationId: z.string(), state: z.enum(APPLICATION_STATES) }),
  refusals: [...refusals(cardIssuanceProblems, 'ASSIGNED_TO_OTHER', 'BAD_STATE', 'SAME_EXAMINER'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** The examiner that the token or the call names. */
export function examinerOf(ctx: Ctx, named: string | undefined): string {
  return ctx.actor.operator ?? named ?? ctx.actor.clientId;
}

/** Examination (CARD-3.3). A deficiency or refusal goes to the applicant by message or letter. */
export class ReviewApplication implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly applications: ApplicationStore,
    private readonly notices: ApplicationNoticeStore,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const application = found(await this.applications.lock(ctx.db, input.applicationId));
    const examiner = examinerOf(ctx, input.examiner);
    requireExaminer(application, examiner, ctx.now);
    const outcome = decideReview(application, { decision: input.decision, examiner });
    if (outcome.state === 'APPROVED' && (await this.isSharedSince(ctx, application))) return { applicationId: input.applicationId, state: 'UNDER_REVIEW' };
    await this.applications.moveTo(ctx.db, [input.applicationId], { ...outcome, codes: input.codes });
    const { applicationId, municipalityCode, channel, personKey } = application;
    if (outcome.state !== 'UNDER_REVIEW') {
      const codes = input.codes.length === 0 ? {} : { codes: input.codes };
      ctx.emit(EVENTS[outcome.state], { aggregateId: applicationId, sequence: application.version + 1, data: { applicationId, municipalityCode, channel, ...codes } });
    }
    if (outcome.state === 'DEFICIENT' || outcome.state === 'REFUSED') await this.notify(ctx, application, outcome.state, input.codes);
    ctx.audit({ object: `application:${applicationId}`, subjects: [personKey], facts: { decision: input.decision, examiner, state: outcome.state } });
    return { applicationId, state: outcome.state };
  }

  /** Of two that sent the same photo in at the same moment neither saw the other: whoever is approved last is looked at twice (CARD-4.3 P09). */
  private async isSharedSince(ctx: Ctx, { applicationId, personKey, manual, findings, state, codes }: Application): Promise<boolean> {
    const perceptual = manual ? undefined : await this.applications.perceptualHash(ctx.db, applicationId);
    const shared = perceptual === undefined ? [] : await sharedPhoto(ctx, this.applications, personKey, perceptual);
    if (shared.length === 0) return false;
    await this.applications.setManual(ctx.db, applicationId, [...findings, ...shared]);
    if (state === 'RECEIVED') await this.applications.moveTo(ctx.db, [applicationId], { state: 'UNDER_REVIEW', codes });
    ctx.audit({ object: `application:${applicationId}`, subjects: [personKey], facts: { finding: 'P09' } });
    return true;
  }

  private async notify(ctx: Ctx, { applicationId, personKey, language }: Application, state: 'DEFICIENT' | 'REFUSED', codes: InputOf<typeof spec>['codes']): Promise<void> {
    const token = randomBytes(18).toString('base64url');
    const until = resubmissionEnd(ctx.now);
    if (state === 'DEFICIENT') await this.applications.awaitResubmission(ctx.db, applicationId, until, tokenDigest(token));
    const medium = (await this.applications.contact(ctx.db, applicationId)) === undefined ? 'LETTER' : 'MESSAGE';
    await this.notices.add(ctx.db, { applicationId, personKey, medium, language, codes, resubmission: state === 'DEFICIENT' ? { token, until } : undefined }, ctx.now);
  }
}

/** What is kept of a resubmission token: 144 random bits need no salt. */
export function tokenDigest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
