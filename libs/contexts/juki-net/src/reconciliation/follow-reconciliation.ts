import { localDateInJapan } from '#kernel';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { DIFFERENCE_STATES, EXPLANATIONS, isOverdue } from './difference.js';
import type { DifferenceStore } from './difference.store.js';
import { BUCKET_STATES, DIFFERENCE_CLASSES, RUN_STATES } from './reconciliation.js';
import type { ReconciliationStore, Run } from './reconciliation.store.js';

const count = z.number().int();
const notFound = refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION');

const getSpec = useCase({
  action: 'juki-net.reconciliation.get',
  kind: 'question',
  summary: 'How far a reconciliation is, which buckets differ, and how many differences of each class it found',
  input: z.object({ runId: z.uuid() }),
  output: z.object({
    runId: z.uuid(), municipalityCode: z.string(), state: z.enum(RUN_STATES), asOf: z.string(), jobId: z.uuid(), compared: count.nullable(),
    differing: z.array(z.object({ bucket: count, state: z.enum(BUCKET_STATES), municipalCount: count, registerCount: count.nullable() })),
    differences: z.array(z.object({ class: z.enum(DIFFERENCE_CLASSES), found: count, open: count, overdue: count })),
    openedAt: z.string(), completedAt: z.string().nullable(),
  }),
  refusals: notFound,
});

export class GetReconciliation implements UseCase<typeof getSpec> {
  readonly spec = getSpec;
  constructor(
    private readonly runs: ReconciliationStore,
    private readonly differences: DifferenceStore,
  ) {}

  async execute(ctx: Ctx, { runId }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    const { openedAt, completedAt, ...run } = await ownRun(ctx, this.runs, runId);
    ctx.audit({ object: `reconciliation:${runId}` });
    const differing = await this.runs.differing(ctx.db, runId);
    return {
      ...run,
      differing: differing.map(({ digest: _digest, ...bucket }) => bucket),
      differences: await this.differences.counts(ctx.db, runId, localDateInJapan(ctx.now)),
      openedAt: openedAt.toISOString(),
      completedAt: completedAt?.toISOString() ?? null,
    };
  }
}

const listSpec = useCase({
  action: 'juki-net.reconciliation.list-differences',
  kind: 'question',
  summary: 'Differences that this run was the last to find, page by page; the municipality settles them by notices of its own',
  input: z.object({ runId: z.uuid(), after: z.uuid().default('00000000-0000-0000-0000-000000000000'), limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
  output: z.object({
    items: z.array(z.object({
      differenceId: z.uuid(), class: z.enum(DIFFERENCE_CLASSES), residentCode: z.string(), municipalVersion: count.nullable(), registerVersion: count.nullable(),
      state: z.enum(DIFFERENCE_STATES), explanation: z.enum(EXPLANATIONS).nullable(), foundOn: z.string(), dueOn: z.string(), overdue: z.boolean(),
    })),
    next: z.uuid().optional().describe('`after` of the next page'),
  }),
  refusals: notFound,
});

/** Codes of its own residents, to the municipality alone: it sent them itself, or it must look for a record that it lacks. */
export class ListDifferences implements UseCase<typeof listSpec> {
  readonly spec = listSpec;
  constructor(
    private readonly runs: ReconciliationStore,
    private readonly differences: DifferenceStore,
  ) {}

  async execute(ctx: Ctx, { runId, after, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    await ownRun(ctx, this.runs, runId);
    const found = await this.differences.page(ctx.db, runId, { after, limit });
    ctx.audit({ object: `reconciliation:${runId}`, subjects: found.flatMap(({ personKey }) => personKey ?? []), facts: { differences: found.length } });
    const today = localDateInJapan(ctx.now);
    const last = found.at(-1);
    return {
      items: found.map(({ personKey: _person, municipalityCode: _municipality, ...rest }) => ({ ...rest, overdue: isOverdue(rest, today) })),
      ...(found.length < limit || last === undefined ? {} : { next: last.differenceId }),
    };
  }
}

async function ownRun(ctx: Ctx, runs: ReconciliationStore, runId: string): Promise<Run> {
  const run = await runs.find(ctx.db, runId);
  if (run === undefined) throw platformProblems.refuse('NOT_FOUND');
  requireJurisdiction(ctx, run.municipalityCode);
  return run;
}
