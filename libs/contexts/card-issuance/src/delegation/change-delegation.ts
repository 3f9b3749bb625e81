import { z } from 'zod';
import { localDateInJapan, toLocalDate } from '#kernel';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { found, officerOf, platformProblems, refusals, requireJurisdiction, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { afterStep, amended, DELEGATION_STATES, type Delegation, type DelegationStep } from './delegation.js';
import { delegationView, grantBasis, tasks, tellDelegation, viewOf } from './delegation-view.js';
import type { DelegationRecord, DelegationStore } from './delegation.store.js';

const draftSpec = useCase({
  action: 'card-issuance.delegation.draft',
  kind: 'command',
  summary: 'Drafts the delegation of card tasks by a municipality, from a day on',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/), tasks, startsOn: z.iso.date(), grantBasis }),
  output: z.object({ delegationId: z.uuid(), state: z.enum(DELEGATION_STATES) }),
  refusals: [...refusals(cardIssuanceProblems, 'OVERLAP'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION')],
});

/** CARD-3.1: the municipality's own act; the agency may write it down for it. */
export class DraftDelegation implements UseCase<typeof draftSpec> {
  readonly spec = draftSpec;

  constructor(private readonly delegations: DelegationStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof draftSpec>): Promise<OutputOf<typeof draftSpec>> {
    requireJurisdiction(ctx, input.municipalityCode);
    const draft = { ...input, startsOn: toLocalDate(input.startsOn), delegationId: uuidv7() };
    const added = await this.delegations.add(ctx.db, [draft], 'DRAFT', { person: officerOf(ctx), now: ctx.now });
    if (added.size === 0) throw cardIssuanceProblems.refuse('OVERLAP');
    tellDelegation(ctx, { ...draft, state: 'DRAFT', version: 1 });
    return { delegationId: draft.delegationId, state: 'DRAFT' };
  }
}

const amendSpec = useCase({
  action: 'card-issuance.delegation.amend',
  kind: 'command',
  summary: 'Proposes other tasks; they count once the amendment is in force',
  input: z.strictObject({ delegationId: z.uuid(), tasks, grantBasis: grantBasis.optional() }),
  output: delegationView,
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

export class AmendDelegation implements UseCase<typeof amendSpec> {
  readonly spec = amendSpec;

  constructor(private readonly delegations: DelegationStore) {}

  async execute(ctx: Ctx, { delegationId, tasks: wanted, grantBasis: basis }: InputOf<typeof amendSpec>): Promise<OutputOf<typeof amendSpec>> {
    return change(ctx, this.delegations, delegationId, (held) => ({ ...amended(held, wanted), ...(basis === undefined ? {} : { grantBasis: basis }) }));
  }
}

const stepSpecs = {
  ENTER_INTO_FORCE: { verb: 'enter-into-force', summary: 'The agency accepts a draft or an amendment: it is in force, from its first day on' },
  TERMINATE: { verb: 'terminate', summary: 'Ends a delegation today; nothing more is made for the municipality' },
} as const satisfies Record<DelegationStep, { verb: string; summary: string }>;

const stepSpec = (step: DelegationStep) =>
  useCase({
    action: `card-issuance.delegation.${stepSpecs[step].verb}`,
    kind: 'command',
    summary: stepSpecs[step].summary,
    input: z.strictObject({ delegationId: z.uuid() }),
    output: delegationView,
    refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
  });

export class StepDelegation implements UseCase<ReturnType<typeof stepSpec>> {
  readonly spec: ReturnType<typeof stepSpec>;

  constructor(
    private readonly delegations: DelegationStore,
    private readonly step: DelegationStep,
  ) {
    this.spec = stepSpec(step);
  }

  async execute(ctx: Ctx, { delegationId }: { readonly delegationId: string }): Promise<z.input<typeof delegationView>> {
    const endedOn = this.step === 'TERMINATE' ? { endedOn: localDateInJapan(ctx.now) } : {};
    return change(ctx, this.delegations, delegationId, (held) => ({ ...afterStep(held, this.step), ...endedOn }));
  }
}

type Changed = Delegation & Partial<Pick<DelegationRecord, 'endedOn' | 'grantBasis'>>;

async function change(ctx: Ctx, delegations: DelegationStore, delegationId: string, changed: (held: DelegationRecord) => Changed): Promise<z.input<typeof delegationView>> {
  const held = found(await delegations.lock(ctx.db, delegationId));
  requireJurisdiction(ctx, held.municipalityCode);
  const next: DelegationRecord = { ...held, ...changed(held), version: held.version + 1 };
  await delegations.save(ctx.db, next, { person: officerOf(ctx), now: ctx.now });
  tellDelegation(ctx, next);
  return viewOf(next);
}
