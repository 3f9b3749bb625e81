import { describe, expect, it } from 'vitest';
import { DISPUTE_STATES, DISPUTE_STEPS, fitsKind, mayKeep, stepDispute, type DisputeStep } from './dispute.js';

const STEPS: readonly DisputeStep[] = ['CONFIRM', 'PROPOSE_RESOLUTION', 'RESOLVE'];
const ALLOWED = new Set(['PROPOSED CONFIRM', 'OPEN PROPOSE_RESOLUTION', 'RESOLUTION_PROPOSED PROPOSE_RESOLUTION', 'RESOLUTION_PROPOSED RESOLVE']);

describe('a dispute (NUM-4.8)', () => {
  it.each(DISPUTE_STATES.flatMap((state) => STEPS.map((step) => [state, step] as const)))('%s: %s', (state, step) => {
    expect(stepDispute({ state, proposedBy: 'o-1' }, step, 'o-2')).toEqual(ALLOWED.has(`${state} ${step}`) ? { state: DISPUTE_STEPS[step].to } : { refusal: 'DISPUTE_STATE' });
  });

  it('NUM-3.1 takes two operators to block and two to resolve', () => {
    expect(stepDispute({ state: 'PROPOSED', proposedBy: 'o-1' }, 'CONFIRM', 'o-1')).toEqual({ refusal: 'SAME_OFFICER' });
    expect(stepDispute({ state: 'RESOLUTION_PROPOSED', proposedBy: 'o-1' }, 'RESOLVE', 'o-1')).toEqual({ refusal: 'SAME_OFFICER' });
    expect(stepDispute({ state: 'OPEN', proposedBy: 'o-1' }, 'PROPOSE_RESOLUTION', 'o-1')).toEqual({ state: 'RESOLUTION_PROPOSED' });
  });

  it('is about one or two records under a number, or the two of one person', () => {
    expect([fitsKind('SHARED_NUMBER', ['a']), fitsKind('SHARED_NUMBER', ['a', 'b']), fitsKind('TWO_NUMBERS', ['a', 'b'])]).toEqual([true, true, true]);
    expect([fitsKind('SHARED_NUMBER', []), fitsKind('TWO_NUMBERS', ['a']), fitsKind('TWO_NUMBERS', ['a', 'a'])]).toEqual([false, false, false]);
  });

  it('keeps the earlier of one person\'s two numbers; under a shared one the right holder\'s or nobody\'s', () => {
    const numbers = [{ personKey: 'late', designatedAt: new Date('2016-02-01T00:00:00Z') }, { personKey: 'early', designatedAt: new Date('2015-10-05T00:00:00Z') }];
    expect(['early', 'late', undefined].map((kept) => mayKeep('TWO_NUMBERS', numbers, kept))).toEqual([true, false, false]);
    expect(['early', 'late', undefined, 'other'].map((kept) => mayKeep('SHARED_NUMBER', numbers, kept))).toEqual([true, true, true, false]);
  });
});
