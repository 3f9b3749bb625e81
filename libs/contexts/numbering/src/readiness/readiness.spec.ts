import { describe, expect, it } from 'vitest';
import { itemFault, MILESTONE_NAMES, MILESTONES, overdueOn, READINESS_STATES, scoreOf, stateOf, type ReadinessItem, type ReadinessState } from './readiness.js';

const item = (state: ReadinessState, over: Partial<ReadinessItem> = {}): ReadinessItem => ({ milestone: 'TEST_DATA', state, dueOn: '2015-08-31', ...over });
const to = (state: ReadinessState, over: { evidence?: string; blocker?: 'NONE' | 'KNOWN' | 'UNKNOWN' } = {}) => ({ state, evidence: over.evidence, blocker: over.blocker ?? 'NONE' });

describe('a milestone (NUM-3.6)', () => {
  it('NUM-3.6 may become what the table says, nothing else', () => {
    const allowed: Readonly<Record<ReadinessState, readonly ReadinessState[]>> = {
      NOT_STARTED: ['NOT_STARTED', 'IN_PROGRESS', 'DONE', 'BLOCKED'], IN_PROGRESS: ['IN_PROGRESS', 'DONE', 'BLOCKED'], DONE: ['DONE', 'IN_PROGRESS', 'BLOCKED'], BLOCKED: ['BLOCKED'],
    };
    for (const from of READINESS_STATES) {
      for (const next of READINESS_STATES) {
        const fault = itemFault(from, to(next, { evidence: 'minutes 12', blocker: next === 'BLOCKED' ? 'KNOWN' : 'NONE' }));
        expect(fault, `${from} ${next}`).toBe(allowed[from].includes(next) ? undefined : 'READINESS_STATE');
      }
    }
  });

  it('NUM-5.1 DONE needs evidence, BLOCKED a ticket that is known, others none', () => {
    for (const evidence of [undefined, '', ' \n　']) expect(itemFault('IN_PROGRESS', { ...to('DONE'), evidence })).toBe('EVIDENCE_MISSING');
    expect(itemFault('IN_PROGRESS', to('BLOCKED'))).toBe('UNKNOWN_TICKET');
    expect(itemFault('IN_PROGRESS', to('BLOCKED', { blocker: 'UNKNOWN' }))).toBe('UNKNOWN_TICKET');
    expect(itemFault('IN_PROGRESS', to('DONE', { evidence: 'x', blocker: 'KNOWN' }))).toBe('READINESS_STATE');
  });

  it('NUM-5.5 the score is the weight of what is done, of 100', () => {
    expect(MILESTONE_NAMES.reduce((sum, name) => sum + MILESTONES[name], 0)).toBe(100);
    expect(new Set(MILESTONE_NAMES)).toEqual(new Set(Object.keys(MILESTONES)));
    expect(scoreOf(MILESTONE_NAMES.map((milestone) => item('DONE', { milestone })))).toBe(100);
    expect(scoreOf([item('DONE', { milestone: 'SYSTEM_REPAIR' }), item('IN_PROGRESS'), item('BLOCKED', { milestone: 'CS_CONNECTION' })])).toBe(20);
  });

  it('NUM-3.6 a municipality is as blocked as its worst item or its ticket', () => {
    expect(stateOf([], false)).toBe('NOT_STARTED');
    expect(stateOf([item('DONE'), item('NOT_STARTED')], false)).toBe('IN_PROGRESS');
    expect(stateOf([item('DONE'), item('DONE')], false)).toBe('DONE');
    expect(stateOf([item('DONE'), item('BLOCKED')], false)).toBe('BLOCKED');
    expect(stateOf([item('DONE')], true)).toBe('BLOCKED');
  });

  it('NUM-5.5 a milestone is overdue the day after', () => {
    expect(overdueOn([item('IN_PROGRESS')], '2015-08-31')).toEqual([]);
    expect(overdueOn([item('IN_PROGRESS'), item('DONE', { milestone: 'SYSTEM_REPAIR' })], '2015-09-01')).toEqual(['TEST_DATA']);
  });
});
