import { z } from 'zod';
import { nextOf, pageLimit, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { DELEGATION_STATES } from './delegation.js';
import { delegationView, viewOf } from './delegation-view.js';
import type { DelegationStore } from './delegation.store.js';

const spec = useCase({
  action: 'card-issuance.delegation.list',
  kind: 'question',
  summary: 'Delegations, of one municipality or of all, page by page',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/).optional(), state: z.enum(DELEGATION_STATES).optional(), after: z.uuid().optional(), limit: pageLimit }),
  output: z.object({ items: z.array(delegationView), next: z.uuid().optional() }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

export class ListDelegations implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly delegations: DelegationStore) {}

  async execute(ctx: Ctx, { municipalityCode, state, after, limit }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    requireJurisdiction(ctx, municipalityCode ?? '');
    const page = await this.delegations.list(ctx.db, { municipalityCode, state, after, limit });
    return { items: page.map(viewOf), ...nextOf(page, limit, (last) => last.delegationId) };
  }
}
