import { found, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { ApplicationStore } from './application.store.js';
import { NOTICE_LANGUAGES } from './deficiency-texts.js';

const spec = useCase({
  action: 'card-issuance.application.keep-contact',
  kind: 'command',
  summary: 'Where and in which language notices of an application go; without a mail address they go by letter to the registered address',
  input: z.strictObject({ applicationId: z.string().regex(/^\d{23}$/), mail: z.email().max(254).optional(), language: z.enum(NOTICE_LANGUAGES) }),
  output: z.object({ applicationId: z.string(), medium: z.enum(['LETTER', 'MESSAGE']) }),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

/** The contact of an applicant (CARD-4.3): in the body, since addresses are logged, and kept encrypted. */
export class KeepContact implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly applications: ApplicationStore) {}

  async execute(ctx: Ctx, { applicationId, mail, language }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const application = found(await this.applications.lock(ctx.db, applicationId));
    requireJurisdiction(ctx, application.municipalityCode);
    await this.applications.setContact(ctx.db, applicationId, { mail, language });
    ctx.audit({ object: `application:${applicationId}`, subjects: [application.personKey] });
    return { applicationId, medium: mail === undefined ? 'LETTER' : 'MESSAGE' };
  }
}
