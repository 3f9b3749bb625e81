import { z } from 'zod';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { bySession } from '../session/session-view.js';
import type { SelectionStore } from './selection.store.js';
import { correctionReport, publishedSelection } from './selection-view.js';

const spec = useCase({
  action: 'training.selection.read',
  kind: 'question',
  summary: 'What was published of a selection: the commitment before it, and everything that is needed to make the draw again',
  input: bySession,
  output: z.object({ commit: z.string().nullable(), committedAt: z.iso.datetime().nullable(), priorityBodies: z.array(z.string()), result: publishedSelection.nullable(), corrections: z.array(correctionReport) }),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

/** TRN-4.3 5: for everybody. */
export class GetSelection implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly store: SelectionStore) {}

  async execute(ctx: Ctx, { sessionId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const [commitment, published] = [await this.store.commitment(ctx.db, sessionId), await this.store.result(ctx.db, sessionId)];
    found(commitment ?? published);
    const corrections = await this.store.corrections(ctx.db, sessionId);
    return {
      commit: commitment?.commit ?? null, committedAt: commitment?.committedAt.toISOString() ?? null, priorityBodies: [...(commitment?.priorityBodies ?? [])],
      result: published === undefined ? null : publishedSelection.parse(JSON.parse(published)),
      corrections: corrections.map(({ report, kid, signature }) => ({ report, kid, signature: signature.toString('base64url') })),
    };
  }
}
