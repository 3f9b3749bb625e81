import { localDateInJapan } from '#kernel';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { refusals, useCase, type Ctx, type InputOf, type Mac, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { isApplicationId } from './application-id.js';
import type { ApplicationStore } from './application.store.js';
import type { AttemptStore } from './attempt.store.js';
import { CHALLENGE_BITS, isSolved, makeChallenge } from './challenge.js';
import { COARSE, STATUSES } from './show-application.js';
import { solution } from './submit-application.js';

const LOOKS = 10;
const applicationId = z.string().max(32);

const challengeSpec = useCase({
  action: 'card-issuance.application.challenge',
  kind: 'question',
  summary: 'Work to be done before the state of an application is told: a nonce with which SHA-256 of `challenge.nonce` begins with that many zero bits, within ten minutes',
  input: z.strictObject({ applicationId }),
  output: z.object({ challenge: z.string(), bits: z.number() }),
  refusals: [],
});

/** Instead of a captcha. */
export class ChallengeApplicant implements UseCase<typeof challengeSpec> {
  readonly spec = challengeSpec;

  constructor(private readonly mac: Mac) {}

  async execute(ctx: Ctx, input: InputOf<typeof challengeSpec>): Promise<OutputOf<typeof challengeSpec>> {
    return { challenge: makeChallenge(this.mac, input.applicationId, ctx.now), bits: CHALLENGE_BITS };
  }
}

const spec = useCase({
  action: 'card-issuance.application.status-page',
  kind: 'process',
  summary: 'How far an application is, for the applicant who has its 23 digits and did the work; ten looks an hour, nothing personal',
  input: z.strictObject({ applicationId, ...solution }),
  output: z.object({ status: z.enum(STATUSES), codes: z.array(z.string()), receivedOn: z.iso.date() }),
  refusals: refusals(cardIssuanceProblems, 'BAD_ID', 'CHALLENGE_REQUIRED', 'RATE_LIMIT'),
});

/** The applicant's page (CARD-5). An ID that was replaced by one for another municipality tells the state of that one. */
export class ShowStatus implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly applications: ApplicationStore,
    private readonly attempts: AttemptStore,
    private readonly mac: Mac,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    if (!isSolved(this.mac, input.applicationId, input, ctx.now)) throw cardIssuanceProblems.refuse('CHALLENGE_REQUIRED', { facts: { challenge: makeChallenge(this.mac, input.applicationId, ctx.now), bits: CHALLENGE_BITS } });
    const application = isApplicationId(input.applicationId) ? await this.applications.findPresent(ctx.db, input.applicationId) : undefined;
    if (application === undefined) throw cardIssuanceProblems.refuse('BAD_ID');
    const looks = await ctx.transaction((tx) => this.attempts.count(tx.db, 'STATUS', input.applicationId, tx.now));
    if (looks > LOOKS) throw cardIssuanceProblems.refuse('RATE_LIMIT');
    ctx.audit({ object: `application:${application.applicationId}`, subjects: [application.personKey] });
    return { status: COARSE[application.state], codes: [...application.codes], receivedOn: localDateInJapan(application.receivedAt) };
  }
}
