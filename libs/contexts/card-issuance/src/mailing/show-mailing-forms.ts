import { cardIssuanceProblems } from '#contracts/card-issuance';
import { found, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { MailingStore } from './mailing.store.js';

const spec = useCase({
  action: 'card-issuance.mailing.print-data',
  kind: 'question',
  summary: 'What is printed for an envelope: its destination and each member\'s application form',
  input: z.strictObject({ mailingId: z.uuid() }),
  output: z.object({
    mailingId: z.uuid(),
    barcode: z.string(),
    postalCode: z.string(),
    address: z.string(),
    addresseeName: z.string(),
    forms: z.array(z.object({ line: z.number(), personKey: z.uuid(), applicationId: z.string(), cardState: z.string() })),
  }),
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** For the print contractor and the municipality; the number itself is not kept here. */
export class ShowMailingForms implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly mailings: MailingStore) {}

  async execute(ctx: Ctx, { mailingId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const contents = found(await this.mailings.contents(ctx.db, mailingId));
    requireJurisdiction(ctx, contents.municipalityCode);
    // Before the decision the address of protected persons is nobody's but their municipality's (JUKI-4.13).
    if (contents.state === 'AWAITING_DECISION' && ctx.actor.kind !== 'municipality') throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: contents.state } });
    ctx.audit({ object: `mailing:${mailingId}`, subjects: contents.forms.map((form) => form.personKey) });
    return { mailingId, barcode: contents.barcode, ...contents.destination, forms: [...contents.forms] };
  }
}
