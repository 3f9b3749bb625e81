import type { AssignmentState } from './assignment.js';

/**
 * States that may follow (NUM-3.1). The number kept in a dispute becomes the person's again; a dormant one may turn out to be the
 * first of a person with two (NUM-4.8).
 */
export const NEXT_STATES: Readonly<Record<AssignmentState, readonly AssignmentState[]>> = {
  GENERATED: ['TENTATIVE', 'DESIGNATED', 'VOID'],
  TENTATIVE: ['DESIGNATED', 'VOID'],
  DESIGNATED: ['SUPERSEDED', 'DORMANT', 'CLOSED', 'DISPUTED'],
  SUPERSEDED: [],
  DORMANT: ['DESIGNATED', 'CLOSED', 'DISPUTED'],
  CLOSED: [],
  DISPUTED: ['DESIGNATED', 'SUPERSEDED'],
  VOID: [],
};

/** Why an assignment moved; told in its history. */
export type MoveCause = 'WITHDRAWN' | 'RETURNED' | 'LEFT' | 'DIED' | 'CHANGE_ON_REQUEST' | 'CHANGE_EX_OFFICIO' | 'SHARED_NUMBER' | 'TWO_NUMBERS' | 'CAUGHT_UP';

export function mayMove(from: AssignmentState, to: AssignmentState): boolean {
  return NEXT_STATES[from].includes(to);
}

/** A number that is no longer anybody's has no open row in the link. */
export function endsLink(state: AssignmentState): boolean {
  return state === 'SUPERSEDED' || state === 'VOID';
}

/** Whether people and offices know the number as somebody's; candidates and withdrawn ones were never designated (NUM-7). */
export function wasDesignated(state: AssignmentState): boolean {
  return state !== 'GENERATED' && state !== 'TENTATIVE' && state !== 'VOID';
}
