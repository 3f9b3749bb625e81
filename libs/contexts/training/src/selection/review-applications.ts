import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { isSameOfficer } from '#kernel';
import { officerOf, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { requireNamed } from '../course/course-view.js';
import { bySession } from '../session/session-view.js';
import { reviewFault, type Reviewed } from './selection.js';
import type { Candidates, SelectionDesk } from './selection-desk.js';
import { publishedSelection } from './selection-view.js';

const ids = z.array(z.uuid()).max(10_000);
const common = [...refusals(trainingProblems, 'ALREADY_SELECTED', 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED', 'REVIEW_INCOMPLETE'), ...refusals(platformProblems, 'NOT_FOUND')];

const proposeSpec = useCase({
  action: 'training.selection.propose',
  kind: 'command',
  summary: 'Proposes a reviewed selection, with every application once; another officer confirms it',
  input: bySession.extend({ admitted: ids, waiting: ids, rejected: ids }),
  output: z.object({ sessionId: z.uuid(), admitted: z.int(), waiting: z.int(), rejected: z.int() }),
  refusals: common,
});

/** 審査 by two persons, the first. */
export class ProposeSelection implements UseCase<typeof proposeSpec> {
  readonly spec = proposeSpec;

  constructor(private readonly selections: SelectionDesk) {}

  async execute(ctx: Ctx, { sessionId, ...reviewed }: InputOf<typeof proposeSpec>): Promise<OutputOf<typeof proposeSpec>> {
    requireNamed(ctx);
    const session = await this.selections.held(ctx, sessionId, 'REVIEW');
    requireWhole(reviewed, await this.selections.candidates(ctx, session));
    await this.selections.store.propose(ctx.db, sessionId, { reviewed, proposedBy: officerOf(ctx) }, ctx.now);
    const counts = { admitted: reviewed.admitted.length, waiting: reviewed.waiting.length, rejected: reviewed.rejected.length };
    ctx.audit({ object: `session:${sessionId}`, facts: { proposal: true, ...counts } });
    return { sessionId, ...counts };
  }
}

const confirmSpec = useCase({
  action: 'training.selection.confirm',
  kind: 'command',
  summary: 'Confirms a reviewed selection, once; the answer is what is published',
  input: bySession,
  output: publishedSelection,
  refusals: [...common, ...refusals(trainingProblems, 'SAME_OFFICER'), ...refusals(platformProblems, 'AGGREGATE_CHANGED')],
});

/** The second; what changed since the proposal makes a new one necessary. */
export class ConfirmSelection implements UseCase<typeof confirmSpec> {
  readonly spec = confirmSpec;

  constructor(private readonly selections: SelectionDesk) {}

  async execute(ctx: Ctx, { sessionId }: InputOf<typeof confirmSpec>): Promise<OutputOf<typeof confirmSpec>> {
    requireNamed(ctx);
    const session = await this.selections.held(ctx, sessionId, 'REVIEW');
    const proposal = await this.selections.store.proposal(ctx.db, sessionId);
    if (proposal === undefined) throw trainingProblems.refuse('REVIEW_INCOMPLETE', { facts: { fault: 'NO_PROPOSAL' } });
    if (isSameOfficer(proposal.proposedBy, officerOf(ctx))) throw trainingProblems.refuse('SAME_OFFICER');
    const candidates = await this.selections.candidates(ctx, session);
    requireWhole(proposal.reviewed, candidates);
    return this.selections.carryOut(ctx, session, candidates, { reviewed: proposal.reviewed });
  }
}

function requireWhole(reviewed: Reviewed, { draw }: Candidates): void {
  const fault = reviewFault(reviewed, draw);
  if (fault !== undefined) throw trainingProblems.refuse('REVIEW_INCOMPLETE', { facts: { fault } });
}
