import { nextOf, pageLimit, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { within } from '../inquiry/ask-register.js';
import { RUN_STATES } from './reconciliation.js';
import type { ReconciliationStore } from './reconciliation.store.js';

const count = z.number().int();

const spec = useCase({
  action: 'juki-net.reconciliation.list',
  kind: 'question',
  summary: 'Reconciliations with the number of differences that stand, the newest first',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/).optional(), state: z.enum(RUN_STATES).optional(), before: z.uuid().optional(), limit: pageLimit }),
  output: z.object({
    items: z.array(z.object({
      runId: z.uuid(), municipalityCode: z.string(), state: z.enum(RUN_STATES), asOf: z.string(), jobId: z.uuid(), compared: count.nullable(), openDifferences: count,
      openedAt: z.string(), completedAt: z.string().nullable(),
    })),
    next: z.uuid().optional().describe('`before` of the next page'),
  }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

export class ListReconciliations implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly runs: ReconciliationStore) {}

  async execute(ctx: Ctx, { municipalityCode, state, before, limit }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    if (municipalityCode !== undefined) requireJurisdiction(ctx, municipalityCode);
    const runs = await this.runs.list(ctx.db, { within: municipalityCode ?? within(ctx), state, before, limit });
    return {
      items: runs.map(({ openedAt, completedAt, ...run }) => ({ ...run, openedAt: openedAt.toISOString(), completedAt: completedAt?.toISOString() ?? null })),
      ...nextOf(runs, limit, ({ runId }) => runId),
    };
  }
}
