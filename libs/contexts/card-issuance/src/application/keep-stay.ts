import { localDateInJapan, toLocalDate } from '#kernel';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { found, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { requireNotOrdered } from './application.js';
import type { ApplicationStore } from './application.store.js';

const spec = useCase({
  action: 'card-issuance.application.keep-stay',
  kind: 'command',
  summary: 'Until when a foreign resident may stay, as the municipality\'s record has it, null without an end; no card is made before it is told, and none is valid longer',
  input: z.strictObject({ applicationId: z.string().regex(/^\d{23}$/), stayEnd: z.iso.date().nullable() }),
  output: z.object({ applicationId: z.string(), stayEnd: z.iso.date().nullable() }),
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE'), ...refusals(platformProblems, 'INVALID_INPUT', 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** The end of a stay (CARD-4.6): the register that this context asks does not have it. Told again after a renewal, the last word counts. */
export class KeepStay implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly applications: ApplicationStore) {}

  async execute(ctx: Ctx, { applicationId, stayEnd }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { municipalityCode, personKey, state } = found(await this.applications.lock(ctx.db, applicationId));
    requireJurisdiction(ctx, municipalityCode);
    requireNotOrdered(state);
    if (stayEnd !== null && stayEnd < localDateInJapan(ctx.now)) throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '/stayEnd', code: 'PAST' }] });
    await this.applications.setStay(ctx.db, applicationId, stayEnd === null ? null : toLocalDate(stayEnd));
    ctx.audit({ object: `application:${applicationId}`, subjects: [personKey] });
    return { applicationId, stayEnd };
  }
}
