import { listBatchLinks } from '#contracts/numbering';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { AssignmentStore } from '../assignment/assignment.store.js';
import type { BatchStore } from '../batch/batch.store.js';

const PAGE = 1_000;

const spec = useCase({
  action: 'numbering.batch.list-links',
  kind: 'question',
  summary: 'The new numbers of a batch once they are designated, page by page',
  input: listBatchLinks.input,
  output: listBatchLinks.output,
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

/** NUM-5.2: how the numbers of a batch come into the identity information (住基法7条8号の2). */
export class ListBatchLinks implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly batches: BatchStore,
    private readonly assignments: AssignmentStore,
  ) {}

  async execute(ctx: Ctx, { batchId, after = 0, limit = PAGE }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const batch = await this.batches.find(ctx.db, batchId);
    if (batch === undefined || batch.designated_at === null) throw platformProblems.refuse('NOT_FOUND');
    const found = await this.assignments.batchLinks(ctx.db, batchId, { after, limit: limit + 1 });
    const page = found.slice(0, limit);
    ctx.audit({ object: `batch:${batchId}`, subjects: page.map(({ personKey }) => personKey), facts: { after, found: page.length } });
    const last = page.at(-1);
    return {
      links: page.map(({ personKey, number, seq, state, line }) => ({ personKey, number, seq, state, line })),
      ...(found.length > limit && last !== undefined ? { next: last.line } : {}),
    };
  }
}
