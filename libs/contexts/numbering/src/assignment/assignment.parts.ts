import { route, type ContextParts } from '#platform';
import type { NumberChange } from '../change-case/change-number.js';
import type { Numbers } from '../numbers.js';
import { designateTentative } from './designate-tentative.js';
import { ReadAssignment } from './read-assignment.js';
import { RequestNumber } from './request-number.js';
import { WithdrawCandidate } from './withdraw-candidate.js';

/** Single numbers (NUM-3.1, NUM-4.8). */
export function assignmentParts({ assignments, moves, register, draw, drawing }: Numbers, change: NumberChange): Partial<ContextParts> {
  return {
    http: [
      route('POST', '/requests', new RequestNumber(assignments, register, { draw, gate: drawing }, change), { status: 201 }),
      route('GET', '/assignments/:assignmentId', new ReadAssignment(moves)),
      route('POST', '/assignments/:assignmentId/withdrawal', new WithdrawCandidate(moves)),
    ],
    schedules: [designateTentative],
  };
}
