import { describe, expect, it } from 'vitest';
import type { AssignmentState } from './assignment.js';
import { endsLink, mayMove, NEXT_STATES, wasDesignated } from './lifecycle.js';

const ALLOWED = new Set([
  'GENERATED>TENTATIVE', 'GENERATED>DESIGNATED', 'GENERATED>VOID', 'TENTATIVE>DESIGNATED', 'TENTATIVE>VOID',
  'DESIGNATED>SUPERSEDED', 'DESIGNATED>DORMANT', 'DESIGNATED>CLOSED', 'DESIGNATED>DISPUTED',
  'DORMANT>DESIGNATED', 'DORMANT>CLOSED', 'DORMANT>DISPUTED', 'DISPUTED>DESIGNATED', 'DISPUTED>SUPERSEDED',
]);
const STATES: readonly AssignmentState[] = ['GENERATED', 'TENTATIVE', 'DESIGNATED', 'SUPERSEDED', 'DORMANT', 'CLOSED', 'DISPUTED', 'VOID'];

describe('states of an assignment (NUM-3.1)', () => {
  it.each(STATES.flatMap((from) => STATES.map((to) => [from, to] as const)))('%s -> %s', (from, to) => {
    expect(mayMove(from, to)).toBe(ALLOWED.has(`${from}>${to}`));
  });

  it('NUM-7 what ends the link never comes back, and no candidate was ever designated', () => {
    for (const state of STATES.filter(endsLink)) expect(NEXT_STATES[state]).toEqual([]);
    expect(STATES.filter((state) => !wasDesignated(state))).toEqual(['GENERATED', 'TENTATIVE', 'VOID']);
  });
});
