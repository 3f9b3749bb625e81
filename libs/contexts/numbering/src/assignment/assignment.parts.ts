import { route, type ContextParts } from '#platform';
import type { NumberChange } from '../change-case/change-number.js';
import type { Numbers } from '../numbers.js';
import { designateTentative } from './designate-tentative.js';
import { GenerateLine } from './generate-line.js';
import { ReadAssignment } from './read-assignment.js';
import { RequestNumber } from './request-number.js';
import { ResumeHeld } from './resume-held.js';
import { WithdrawCandidate } from './withdraw-candidate.js';

/** Single numbers (NUM-3.1, NUM-4.8). */
export function assignmentParts({ assignments, held, moves, realm, register, draw, drawing }: Numbers, change: NumberChange): Partial<ContextParts> {
  const requests = new RequestNumber({ assignments, held, realm, register }, { draw, gate: drawing }, change);
  const generate = new GenerateLine(requests);
  return {
    grpc: { 'Numbering.Generate': generate, 'Numbering.GenerateStream': generate },
    http: [
      route('POST', '/requests', requests, { status: 201 }),
      route('GET', '/assignments/:assignmentId', new ReadAssignment(moves)),
      route('POST', '/assignments/:assignmentId/withdrawal', new WithdrawCandidate(moves)),
    ],
    jobs: [new ResumeHeld(requests, { held, register, gate: drawing })],
    schedules: [designateTentative],
  };
}
