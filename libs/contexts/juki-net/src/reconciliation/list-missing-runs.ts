import { addDays, localDateInJapan } from '#kernel';
import { nextOf, pageLimit, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { within } from '../inquiry/ask-register.js';
import type { ReconciliationStore } from './reconciliation.store.js';

const spec = useCase({
  action: 'juki-net.missing-reconciliation.list',
  kind: 'question',
  summary: 'Municipalities without a completed reconciliation since the night before',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/).optional(), after: z.string().regex(/^\d{6}$/).default('000000'), limit: pageLimit }),
  output: z.object({
    items: z.array(z.object({ municipalityCode: z.string(), lastOn: z.string().nullable().describe('day of the last completed one') })),
    next: z.string().optional().describe('`after` of the next page'),
  }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

/** A municipality compares every night (JUKI-4.6), and nobody but it can begin. */
export class ListMissingRuns implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly runs: ReconciliationStore) {}

  async execute(ctx: Ctx, { municipalityCode, after, limit }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    if (municipalityCode !== undefined) requireJurisdiction(ctx, municipalityCode);
    const items = await this.runs.missing(ctx.db, { within: municipalityCode ?? within(ctx), since: addDays(localDateInJapan(ctx.now), -1), after, limit });
    return { items, ...nextOf(items, limit, (last) => last.municipalityCode) };
  }
}
