import { z } from 'zod';
import { numberingProblems } from '#contracts/numbering';
import { officerOf, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { beginPass } from './pass-uniqueness.js';
import { clearanceBy } from './uniqueness.js';
import type { UniquenessRun, UniquenessRunStore } from './uniqueness-run.store.js';

const count = z.number().int();
const RUN_STATES = ['RUNNING', 'CLEAN', 'VIOLATED', 'CLEARED'] as const;
const PAGE = 100;
const AFTER_ALL = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const byId = z.strictObject({ runId: z.uuid() });

const startSpec = useCase({
  action: 'numbering.uniqueness-run.start',
  kind: 'command',
  summary: 'Begins an independent pass over ledger, link and assignments, or gives the one that is under way',
  input: z.strictObject({}),
  output: z.object({ runId: z.uuid(), jobId: z.uuid() }),
  refusals: [],
});

export class StartUniquenessRun implements UseCase<typeof startSpec> {
  readonly spec = startSpec;
  constructor(private readonly runs: UniquenessRunStore) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof startSpec>> {
    const { runId, jobId } = await beginPass(ctx, this.runs);
    ctx.audit({ object: `uniqueness-run:${runId}` });
    return { runId, jobId };
  }
}

const runView = z.object({
  runId: z.uuid(), state: z.enum(RUN_STATES), jobId: z.uuid(), ledgerRows: count, linkRows: count, assignmentRows: count,
  violations: z.record(z.string(), count).describe('violations by kind'), startedAt: z.string(), endedAt: z.string().nullable(),
});

function viewOf({ runId, state, jobId, ledgerRows, linkRows, assignmentRows, violations, startedAt, endedAt }: UniquenessRun): z.input<typeof runView> {
  return { runId, state, jobId, ledgerRows, linkRows, assignmentRows, violations: { ...violations }, startedAt: startedAt.toISOString(), endedAt: endedAt?.toISOString() ?? null };
}

const readSpec = useCase({
  action: 'numbering.uniqueness-run.read', kind: 'question', summary: 'What a pass has found so far', input: byId, output: runView, refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class ReadUniquenessRun implements UseCase<typeof readSpec> {
  readonly spec = readSpec;
  constructor(private readonly runs: UniquenessRunStore) {}

  async execute(ctx: Ctx, { runId }: InputOf<typeof readSpec>): Promise<OutputOf<typeof readSpec>> {
    const run = await this.runs.find(ctx.db, runId);
    if (run === undefined) throw platformProblems.refuse('NOT_FOUND');
    return viewOf(run);
  }
}

const listSpec = useCase({
  action: 'numbering.uniqueness-run.list',
  kind: 'question',
  summary: 'Passes, the latest first',
  input: z.strictObject({ before: z.uuid().default(AFTER_ALL) }),
  output: z.object({ runs: z.array(runView), next: z.uuid().optional() }),
  refusals: [],
});

export class ListUniquenessRuns implements UseCase<typeof listSpec> {
  readonly spec = listSpec;
  constructor(private readonly runs: UniquenessRunStore) {}

  async execute(ctx: Ctx, { before }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const found = await this.runs.list(ctx.db, { before, limit: PAGE + 1 });
    const page = found.slice(0, PAGE);
    const last = page.at(-1);
    return { runs: page.map(viewOf), ...(found.length > PAGE && last !== undefined ? { next: last.runId } : {}) };
  }
}

const clearSpec = useCase({
  action: 'numbering.uniqueness-run.clear',
  kind: 'command',
  summary: 'Lets numbers be drawn again after a violation; the second of two different officers ends the halt',
  input: byId,
  output: z.object({ runId: z.uuid(), state: z.enum(['VIOLATED', 'CLEARED']) }),
  refusals: [...refusals(platformProblems, 'NOT_FOUND'), ...refusals(numberingProblems, 'SAME_OFFICER', 'UNIQUENESS_STATE')],
});

/** NUM-7: VIOLATED -> CLEARED. What was found stays in the run and in the disputes; the next pass looks at everything again. */
export class ClearUniquenessRun implements UseCase<typeof clearSpec> {
  readonly spec = clearSpec;
  constructor(private readonly runs: UniquenessRunStore) {}

  async execute(ctx: Ctx, { runId }: InputOf<typeof clearSpec>): Promise<OutputOf<typeof clearSpec>> {
    const run = await this.runs.lock(ctx.db, runId);
    if (run === undefined) throw platformProblems.refuse('NOT_FOUND');
    const officer = officerOf(ctx);
    const word = clearanceBy(run, officer);
    if (word === 'SAME_OFFICER' || word === 'UNIQUENESS_STATE') throw numberingProblems.refuse(word, { facts: { state: run.state } });
    const cleared = word === 'CLEARED';
    await this.runs.clear(ctx.db, runId, { officer, cleared });
    ctx.audit({ object: `uniqueness-run:${runId}`, facts: { word } });
    return { runId, state: cleared ? 'CLEARED' : 'VIOLATED' };
  }
}
