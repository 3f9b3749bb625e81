import { nextOf, pageLimit, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { CONFLICT_STATES } from './code-conflict.js';
import type { CodeConflictStore } from './code-conflict.store.js';

const spec = useCase({
  action: 'juki-net.code-conflict.list',
  kind: 'question',
  summary: 'Cases about codes, the newest first, without the codes and the persons',
  input: z.strictObject({ state: z.enum(CONFLICT_STATES).optional(), before: z.uuid().optional(), limit: pageLimit }),
  output: z.object({ items: z.array(z.object({ caseId: z.uuid(), state: z.enum(CONFLICT_STATES), reportedBy: z.string(), changedAt: z.string() })), next: z.uuid().optional().describe('`before` of the next page') }),
  refusals: [],
});

export class ListCodeConflicts implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly conflicts: CodeConflictStore) {}

  async execute(ctx: Ctx, page: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const cases = await this.conflicts.list(ctx.db, page);
    return { items: cases.map(({ changedAt, ...row }) => ({ ...row, changedAt: changedAt.toISOString() })), ...nextOf(cases, page.limit, ({ caseId }) => caseId) };
  }
}
