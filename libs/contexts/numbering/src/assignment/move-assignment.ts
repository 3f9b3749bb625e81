import { candidateVoided, numberingProblems, numberStatusChanged } from '#contracts/numbering';
import type { Ctx } from '#platform';
import type { AssignmentState } from './assignment.js';
import type { Assignment, AssignmentMoveStore } from './assignment-move.store.js';
import { mayMove, type MoveCause } from './lifecycle.js';

/** A locked assignment, the call for which it moves, and where to. */
export interface AssignmentStep {
  readonly ctx: Ctx;
  readonly held: Assignment;
  readonly to: AssignmentState;
  readonly cause: MoveCause;
}

/** Moves a locked assignment, tells it and notes it (NUM-3.1). Refuses ASSIGNMENT_STATE. */
export async function moveAssignment(ctx: Ctx, store: AssignmentMoveStore, held: Assignment, move: { readonly to: AssignmentState; readonly cause: MoveCause }): Promise<void> {
  await moveAssignments(store, [{ ctx, held, ...move }]);
}

/** Moves locked assignments, each once. Refuses ASSIGNMENT_STATE. */
export async function moveAssignments(store: AssignmentMoveStore, steps: readonly AssignmentStep[]): Promise<void> {
  const [first] = steps;
  if (first === undefined) return;
  for (const { held, to } of steps) if (!mayMove(held.state, to)) throw numberingProblems.refuse('ASSIGNMENT_STATE', { facts: { assignmentId: held.assignmentId, state: held.state } });
  const sequences = await store.move(first.ctx.db, steps.map(({ ctx, held, to, cause }) => ({ held, move: { from: held.state, to, cause, at: ctx.now } })));
  for (const [index, { ctx, held, to, cause }] of steps.entries()) {
    const { assignmentId, personKey, municipalityCode, state: from } = held;
    const place = { aggregateId: assignmentId, sequence: sequences[index] ?? 0 };
    if (to === 'VOID') ctx.emit(candidateVoided, { ...place, data: { assignmentId, personKey, municipalityCode } });
    else ctx.emit(numberStatusChanged, { ...place, data: { assignmentId, personKey, from, to } });
    ctx.audit({ object: `assignment:${assignmentId}`, subjects: [personKey], facts: { from, to, cause } });
  }
}
