import { z } from 'zod';
import { numberingProblems } from '#contracts/numbering';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { AssignmentMoveStore } from './assignment-move.store.js';
import { moveAssignment } from './move-assignment.js';

const spec = useCase({
  action: 'numbering.assignment.withdraw',
  kind: 'command',
  summary: 'Withdraws a request whose number is not designated yet; the number is burnt and never used again',
  input: z.strictObject({ assignmentId: z.uuid() }),
  output: z.object({ assignmentId: z.uuid(), state: z.literal('VOID') }),
  refusals: [...refusals(platformProblems, 'NOT_FOUND'), ...refusals(numberingProblems, 'ASSIGNMENT_STATE')],
});

/** NUM-7: GENERATED or TENTATIVE -> VOID. */
export class WithdrawCandidate implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly moves: AssignmentMoveStore) {}

  async execute(ctx: Ctx, { assignmentId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const found = await this.moves.find(ctx.db, assignmentId);
    const held = found && (await this.moves.lockLatest(ctx.db, found.personKey));
    if (held === undefined) throw platformProblems.refuse('NOT_FOUND');
    // A former assignment of the person is over in any case.
    if (held.assignmentId !== assignmentId) throw numberingProblems.refuse('ASSIGNMENT_STATE', { facts: { assignmentId, state: found?.state ?? held.state } });
    await moveAssignment(ctx, this.moves, held, { to: 'VOID', cause: 'WITHDRAWN' });
    return { assignmentId, state: 'VOID' };
  }
}
