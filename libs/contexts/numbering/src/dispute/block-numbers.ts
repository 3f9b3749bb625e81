import { conflictFound } from '#contracts/numbering';
import type { Ctx } from '#platform';
import type { Assignment } from '../assignment/assignment-move.store.js';
import { moveAssignment } from '../assignment/move-assignment.js';
import type { StandingParts } from '../standing/follow-person.js';
import type { DisputeRecord } from './dispute.store.js';

/** NUM-3.1: the locked numbers of a dispute become DISPUTED, nothing is provided any more, and it is told. */
export async function blockNumbers(ctx: Ctx, { moves }: StandingParts, { disputeId, kind, personKeys }: DisputeRecord, numbers: readonly Assignment[]): Promise<void> {
  for (const held of numbers) await moveAssignment(ctx, moves, held, { to: 'DISPUTED', cause: kind });
  ctx.emit(conflictFound, { aggregateId: disputeId, sequence: 1, data: { caseId: disputeId, personKeys: [...personKeys], kind } });
}
