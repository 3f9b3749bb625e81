import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterStatement, AU_VERBS, type AuSession, type AuVerb } from './au-session.js';
import type { AuProgress } from './move-on.js';

const launched: AuSession = { state: 'LAUNCHED', mode: 'Normal', isCompleted: false, isPassed: false, isFailed: false };
const nothing: AuProgress = { completed: false, passed: false, waived: false };

/** The faults of a run of verbs, `-` for those that fit; `other` stands for a statement that cmi5 allows without defining it. */
function play(verbs: string, session = launched, progress = nothing): string {
  let now = session;
  return verbs.split(' ').map((name) => {
    const after = afterStatement(now, progress, AU_VERBS.find((verb) => verb === name));
    if (typeof after === 'string') return after;
    now = after;
    return '-';
  }).join(' ');
}

describe('order of a session (TRN-4.6, cmi5 9.3)', () => {
  it.each([
    ['initialized completed passed terminated', '- - - -'],
    ['completed initialized', 'NOT_INITIALIZED -'],
    ['other', 'NOT_INITIALIZED'],
    ['terminated', 'NOT_INITIALIZED'],
    ['initialized initialized', '- VERB_REPEATED'],
    ['initialized completed other completed', '- - - VERB_REPEATED'],
    ['initialized passed passed', '- - VERB_REPEATED'],
    ['initialized failed passed', '- - JUDGED_TWICE'],
    ['initialized passed failed', '- - JUDGED_TWICE'],
    ['initialized terminated terminated', '- - SESSION_OVER'],
    ['initialized terminated other', '- - SESSION_OVER'],
  ])('%s', (verbs, faults) => expect(play(verbs)).toBe(faults));

  it('nothing after we have abandoned it', () => expect(play('initialized', { ...launched, state: 'ABANDONED' })).toBe('SESSION_OVER'));

  it('one Completed and one Passed a registration, no Failed after Passed; Failed may become Passed in another session', () => {
    expect(play('initialized completed passed failed', launched, { completed: true, passed: true, waived: false })).toBe('- VERB_REPEATED VERB_REPEATED FAILED_AFTER_PASSED');
    expect(play('initialized passed', launched, { completed: true, passed: false, waived: false })).toBe('- -');
  });

  it.each(['Browse', 'Review'] as const)('%s records no result', (mode) => {
    expect(play('initialized completed passed failed other terminated', { ...launched, mode })).toBe('- NOT_IN_THIS_MODE NOT_IN_THIS_MODE NOT_IN_THIS_MODE - -');
  });

  it('whatever is sent: what was taken begins with Initialized, ends with Terminated, and judges once', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom<AuVerb | undefined>(...AU_VERBS, undefined)), (verbs) => {
      let session = launched;
      const taken: (AuVerb | undefined)[] = [];
      for (const verb of verbs) {
        const after = afterStatement(session, nothing, verb);
        if (typeof after === 'string') continue;
        session = after;
        taken.push(verb);
      }
      if (taken.length > 0) expect(taken[0]).toBe('initialized');
      expect(taken.slice(0, -1)).not.toContain('terminated');
      expect(taken.filter((verb) => verb === 'passed' || verb === 'failed').length).toBeLessThanOrEqual(1);
      expect(taken.filter((verb) => verb === 'completed').length).toBeLessThanOrEqual(1);
    }));
  });
});
