import { candidateVoided, numberingProblems, numberStatusChanged } from '#contracts/numbering';
import type { Ctx } from '#platform';
import type { AssignmentState } from './assignment.js';
import type { Assignment, AssignmentMoveStore } from './assignment-move.store.js';
import { mayMove, type MoveCause } from './lifecycle.js';

/** Moves a locked assignment, tells it and notes it (NUM-3.1). Refuses ASSIGNMENT_STATE. */
export async function moveAssignment(ctx: Ctx, store: AssignmentMoveStore, held: Assignment, { to, cause }: { readonly to: AssignmentState; readonly cause: MoveCause }): Promise<void> {
  const { assignmentId, personKey, municipalityCode, state: from } = held;
  if (!mayMove(from, to)) throw numberingProblems.refuse('ASSIGNMENT_STATE', { facts: { assignmentId, state: from } });
  const sequence = await store.move(ctx.db, held, { from, to, cause, at: ctx.now });
  const place = { aggregateId: assignmentId, sequence };
  if (to === 'VOID') ctx.emit(candidateVoided, { ...place, data: { assignmentId, personKey, municipalityCode } });
  else ctx.emit(numberStatusChanged, { ...place, data: { assignmentId, personKey, from, to } });
  ctx.audit({ object: `assignment:${assignmentId}`, subjects: [personKey], facts: { from, to, cause } });
}
