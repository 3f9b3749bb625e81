import { cardIssuanceProblems } from '#contracts/card-issuance';
import { getPersons } from '#contracts/juki-net';
import { platformProblems, reaches, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type Peers, type UseCase } from '#platform';
import { z } from 'zod';
import type { ApplicationStore } from './application.store.js';
import { drawApplicationId } from './draw-application-id.js';

const form = z.object({ applicationId: z.string(), municipalityCode: z.string(), printSequence: z.number(), mailingId: z.uuid().nullable() });

const spec = useCase({
  action: 'card-issuance.form.issue',
  kind: 'process',
  summary: 'Prints a new application form at the counter, for instance after a move; the form\'s municipality is the present one',
  input: z.strictObject({ personKey: z.uuid() }),
  output: form,
  refusals: [...refusals(cardIssuanceProblems, 'F05'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION', 'UNAVAILABLE')],
});

/** A form from the municipality (CARD-4.3). Printing one twice does no harm: one application a person is open at most. */
export class IssueForm implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly applications: ApplicationStore,
    private readonly peers: Peers,
  ) {}

  async execute(ctx: Ctx, { personKey }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { persons } = await this.peers.call(getPersons, { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'CARD_PRODUCTION' }, { personKeys: [personKey] });
    const [person] = persons;
    if (person?.status !== 'RESIDENT') throw cardIssuanceProblems.refuse('F05');
    requireJurisdiction(ctx, person.municipalityCode);
    return ctx.transaction(async (tx) => {
      const earlier = await this.applications.formsOf(tx.db, personKey);
      const printSequence = Math.min(99, Math.max(-1, ...earlier.map((one) => one.printSequence)) + 1);
      const printed = { applicationId: drawApplicationId(person.municipalityCode, printSequence), personKey, municipalityCode: person.municipalityCode, printSequence };
      await this.applications.addForm(tx.db, printed, tx.now);
      tx.audit({ object: `form:${printed.applicationId}`, subjects: [personKey] });
      return { ...printed, mailingId: null };
    });
  }
}

const findSpec = useCase({
  action: 'card-issuance.form.find',
  kind: 'question',
  summary: 'Application forms of a person, newest first',
  input: z.strictObject({ personKey: z.uuid() }),
  output: z.object({ items: z.array(form) }),
  refusals: [],
});

/** For a municipality that helps an applicant who has lost the form; it sees the forms of its own municipality. */
export class FindForms implements UseCase<typeof findSpec> {
  readonly spec = findSpec;

  constructor(private readonly applications: ApplicationStore) {}

  async execute(ctx: Ctx, { personKey }: InputOf<typeof findSpec>): Promise<OutputOf<typeof findSpec>> {
    const forms = await this.applications.formsOf(ctx.db, personKey);
    ctx.audit({ object: `forms:${personKey}`, subjects: [personKey] });
    const visible = forms.filter((one) => reaches(ctx.actor, ctx.permission, one.municipalityCode));
    return { items: visible.map(({ applicationId, municipalityCode, printSequence, mailingId }) => ({ applicationId, municipalityCode, printSequence, mailingId })) };
  }
}
