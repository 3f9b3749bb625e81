import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { found, log, officerOf, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { bySession } from '../session/session-view.js';
import { commitOf, drawLottery } from './selection.js';
import type { SelectionDesk } from './selection-desk.js';
import { publishedSelection } from './selection-view.js';

const commitSpec = useCase({
  action: 'training.selection.commit',
  kind: 'command',
  summary: 'Publishes, before the window opens, what the seed of the draw hashes to, and the bodies that come first',
  input: bySession.extend({
    commit: z.string().regex(/^[0-9a-f]{64}$/).describe('SHA-256 of the seed, which stays with the governance office'),
    priorityBodies: z.array(z.string().regex(/^\d{6}$/)).max(2_000).default([]).describe('never served in 24 months, or hit by a disaster'),
  }),
  output: z.object({ commit: z.string(), priorityBodies: z.array(z.string()), committedAt: z.iso.datetime() }),
  refusals: [...refusals(trainingProblems, 'COMMIT_ON_FILE', 'NOT_IN_STATE', 'TOO_LATE'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** TRN-4.3 1, 4: nobody may choose a seed, or favour a body, once applications are known. */
export class CommitLottery implements UseCase<typeof commitSpec> {
  readonly spec = commitSpec;

  constructor(private readonly selections: SelectionDesk) {}

  async execute(ctx: Ctx, { sessionId, commit, priorityBodies }: InputOf<typeof commitSpec>): Promise<OutputOf<typeof commitSpec>> {
    const session = await this.selections.desk.parts.steps.held(ctx, sessionId);
    if (session.selection !== 'LOTTERY') throw trainingProblems.refuse('NOT_IN_STATE', { facts: { selection: session.selection } });
    if (ctx.now >= session.windowOpensAt) throw trainingProblems.refuse('TOO_LATE');
    const bodies = [...new Set(priorityBodies)].sort();
    if (!(await this.selections.store.commit(ctx.db, sessionId, { commit, priorityBodies: bodies, committedAt: ctx.now }, officerOf(ctx)))) throw trainingProblems.refuse('COMMIT_ON_FILE');
    ctx.audit({ object: `session:${sessionId}`, facts: { commit, priorityBodies: bodies.length } });
    return { commit, priorityBodies: bodies, committedAt: ctx.now.toISOString() };
  }
}

const drawSpec = useCase({
  action: 'training.selection.draw',
  kind: 'command',
  summary: 'Reveals the seed and makes the draw, once; the answer is what is published',
  input: bySession.extend({ seed: z.string().min(1).max(200) }),
  output: publishedSelection,
  refusals: [...refusals(trainingProblems, 'ALREADY_SELECTED', 'NOT_IN_STATE', 'SEED_MISMATCH'), ...refusals(platformProblems, 'AGGREGATE_CHANGED', 'NOT_FOUND')],
});

/** TRN-4.3. */
export class DrawLottery implements UseCase<typeof drawSpec> {
  readonly spec = drawSpec;

  constructor(private readonly selections: SelectionDesk) {}

  async execute(ctx: Ctx, { sessionId, seed }: InputOf<typeof drawSpec>): Promise<OutputOf<typeof drawSpec>> {
    const session = await this.selections.held(ctx, sessionId, 'LOTTERY');
    const { commit, priorityBodies } = found(await this.selections.store.commitment(ctx.db, sessionId));
    if (commitOf(seed) !== commit) {
      // An incident, whoever made it: either the seed was changed, or what was published is not its commitment (TRN-7).
      log.error('a revealed seed is not what was committed to', { correlationId: ctx.correlationId, code: 'SEED_MISMATCH' });
      throw trainingProblems.refuse('SEED_MISMATCH');
    }
    const candidates = await this.selections.candidates(ctx, session, priorityBodies);
    const outcome = drawLottery({ ...candidates.draw, seed });
    return this.selections.carryOut(ctx, session, candidates, { reviewed: { ...outcome, rejected: [] }, seed, commit });
  }
}
