import type { Readable } from 'node:stream';
import { applicationReceived, cardIssuanceProblems } from '#contracts/card-issuance';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { APPLICATION_STATES, decideResubmission } from './application.js';
import type { ApplicationStore } from './application.store.js';
import { findingView, judgePhoto } from './judge-photo.js';
import { openPhoto, readPhoto } from './photo/photo-file.js';
import { tokenDigest } from './review-application.js';
import { answered, wish } from './submit-application.js';

/** The header of the token: it is a secret, so no address holds it. */
export const RESUBMISSION_TOKEN = 'resubmission-token';

const spec = useCase({
  action: 'card-issuance.application.resubmit',
  kind: 'process',
  summary: 'Sends a deficient application in again with the token of its notice: a new photo as the body, or none where only the form was deficient; it returns to the examiners',
  input: z.strictObject({ applicationId: z.string().regex(/^\d{23}$/), wishSign: wish.optional(), wishAuth: wish.optional(), representative: wish.optional() }),
  output: z.object({ applicationId: z.string(), state: z.enum(APPLICATION_STATES), receivedAt: z.iso.datetime(), findings: z.array(findingView) }),
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE', 'P02', 'TOKEN_INVALID'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION', 'UNSUPPORTED_MEDIA_TYPE')],
});

/** Resubmission (CARD-3.3): the token is used up with it. */
export class ResubmitApplication implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly applications: ApplicationStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>, body?: Readable): Promise<OutputOf<typeof spec>> {
    const original = await readPhoto(body);
    const shown = tokenDigest(ctx.headers[RESUBMISSION_TOKEN] ?? '');
    const known = await this.applications.find(ctx.db, input.applicationId);
    // An ID that is not known is no other answer than a wrong token.
    if (known === undefined) throw cardIssuanceProblems.refuse('TOKEN_INVALID');
    requireJurisdiction(ctx, known.municipalityCode);
    decideResubmission(known, shown, ctx.now);
    const judged = original.length === 0 ? undefined : await judgePhoto(ctx, this.applications, known.personKey, await openPhoto(original));
    return ctx.transaction(async (tx) => {
      const open = await this.applications.lock(tx.db, input.applicationId);
      if (open === undefined) throw cardIssuanceProblems.refuse('TOKEN_INVALID');
      decideResubmission(open, shown, tx.now);
      const { findings, manual } = judged ?? open;
      const { applicationId, municipalityCode, channel, personKey } = open;
      await this.applications.resubmit(tx.db, { ...input, personKey, findings, manual }, judged?.checked, tx.now);
      tx.emit(applicationReceived, { aggregateId: applicationId, sequence: open.version + 1, data: { applicationId, municipalityCode, channel } });
      tx.audit({ object: `application:${applicationId}`, subjects: [personKey], facts: { newPhoto: judged !== undefined } });
      return answered({ applicationId, findings, receivedAt: tx.now }, 'UNDER_REVIEW');
    });
  }
}
