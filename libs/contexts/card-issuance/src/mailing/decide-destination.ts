import { characterFault } from '#kernel';
import { cardIssuanceProblems, mailingPlanned } from '#contracts/card-issuance';
import { found, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { MAILING_STATES, requireAwaitingDecision } from './mailing.js';
import type { MailingStore } from './mailing.store.js';

export const written = (longest: number) => z.string().min(1).max(longest).refine((text) => characterFault(text) === undefined, { params: { code: 'CHARACTER' } });

const spec = useCase({
  action: 'card-issuance.mailing.decide-destination',
  kind: 'command',
  summary: 'The municipality says where an envelope of protected persons goes: to a destination of their own, or to the registered address after all',
  input: z.strictObject({
    mailingId: z.uuid(),
    destination: z.strictObject({ postalCode: z.string().regex(/^\d{7}$/), address: written(200), addresseeName: written(100) }).optional().describe('left out: the registered address'),
  }),
  output: z.object({ mailingId: z.uuid(), state: z.enum(MAILING_STATES) }),
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** Only the municipality knows where a protected person can be written to (JUKI-4.13). */
export class DecideDestination implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly mailings: MailingStore) {}

  async execute(ctx: Ctx, { mailingId, destination }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const mailing = found(await this.mailings.lock(ctx.db, { mailingId }));
    requireJurisdiction(ctx, mailing.municipalityCode);
    requireAwaitingDecision(mailing);
    await this.mailings.decide(ctx.db, mailing, { destination, person: ctx.actor.operator ?? ctx.actor.clientId, now: ctx.now });
    const { setId, municipalityCode, members, version } = mailing;
    ctx.emit(mailingPlanned, { aggregateId: mailingId, sequence: version + 1, data: { mailingId, setId, municipalityCode, members } });
    ctx.audit({ object: `mailing:${mailingId}`, subjects: await this.mailings.membersOf(ctx.db, mailingId), facts: { ownDestination: destination !== undefined } });
    return { mailingId, state: 'PLANNED' };
  }
}
