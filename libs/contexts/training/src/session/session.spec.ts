import { describe, expect, it } from 'vitest';
import { SESSION_STATES, type SessionState } from '#contracts/training';
import { toLocalDate } from '#kernel';
import { datesFault, defaultBodyQuota, defaultResultOn, isAccepting, placesOf, SESSION_STEPS, stepSession, timerStep, type Selection, type SessionLife, type SessionStep } from './session.js';

const at = (text: string): Date => new Date(`${text}+09:00`);
const session = (state: SessionState, selection: Selection = 'FCFS'): SessionLife => ({
  state, selection, windowOpensAt: at('2015-08-03T09:00'), windowClosesAt: at('2015-08-21T17:00'), resultOn: toLocalDate('2015-08-28'),
  startsAt: at('2015-09-30T10:00'), endsAt: at('2015-09-30T17:00'),
});
const after = at('2015-10-01T09:00');

/** By hand from the table of TRN-3.2, with the decisions of its comment. */
const ALLOWED = new Map<SessionState, string>([
  ['PLANNED', 'PUBLISH>PUBLISHED CANCEL>CANCELLED'],
  ['PUBLISHED', 'OPEN>ACCEPTING CANCEL>CANCELLED'],
  ['ACCEPTING', 'FILL>FULL CLOSE>CLOSED CANCEL>CANCELLED'],
  ['FULL', 'REOPEN>ACCEPTING CLOSE>CLOSED CANCEL>CANCELLED'],
  ['SELECTING', 'SELECT>CONFIRMED CANCEL>CANCELLED'],
  ['CLOSED', 'CONFIRM>CONFIRMED CANCEL>CANCELLED'],
  ['CONFIRMED', 'HOLD>HELD CANCEL>CANCELLED POSTPONE>POSTPONED'],
  ['HELD', 'REPORT>REPORTED'],
  ['REPORTED', ''],
  ['CANCELLED', ''],
  ['POSTPONED', ''],
]);

describe('life of a session (TRN-3.2)', () => {
  it.each(SESSION_STATES)('%s: only what the table allows', (state) => {
    const taken = (Object.keys(SESSION_STEPS) as SessionStep[]).flatMap((step) => {
      const outcome = stepSession(session(state), step, step === 'HOLD' ? after : at('2015-07-01T09:00'));
      if ('state' in outcome) return [`${step}>${outcome.state}`];
      expect(outcome.refusal).toBe('NOT_IN_STATE');
      return [];
    });
    expect(taken.join(' ')).toBe(ALLOWED.get(state));
  });

  it('a window of a lottery or review closes on a selection', () => {
    expect(stepSession(session('ACCEPTING', 'LOTTERY'), 'CLOSE', after)).toEqual({ state: 'SELECTING' });
    expect(stepSession(session('ACCEPTING', 'REVIEW'), 'CLOSE', after)).toEqual({ state: 'SELECTING' });
  });

  it('nothing is published when its window is over, nothing was held before its end', () => {
    expect(stepSession(session('PLANNED'), 'PUBLISH', at('2015-08-21T17:00'))).toEqual({ refusal: 'WINDOW_INVALID' });
    expect(stepSession(session('CONFIRMED'), 'HOLD', at('2015-09-30T16:59'))).toEqual({ refusal: 'NOT_STARTED_YET' });
  });

  it.each([
    { state: 'PUBLISHED', now: '2015-08-03T08:59:59', step: undefined, accepting: false },
    { state: 'PUBLISHED', now: '2015-08-03T09:00:00', step: 'OPEN', accepting: false },
    { state: 'ACCEPTING', now: '2015-08-21T16:59:59', step: undefined, accepting: true },
    { state: 'FULL', now: '2015-08-21T16:59:59', step: undefined, accepting: true },
    { state: 'ACCEPTING', now: '2015-08-21T17:00:00', step: 'CLOSE', accepting: false },
    { state: 'FULL', now: '2015-08-21T17:00:00', step: 'CLOSE', accepting: false },
    { state: 'CLOSED', now: '2015-08-21T17:00:01', step: undefined, accepting: false },
  ] as const)('$state at $now: $step by the clock (TRN-7: a second after closing)', ({ state, now, step, accepting }) => {
    expect([timerStep(session(state), at(now)), isAccepting(session(state), at(now))]).toEqual([step, accepting]);
  });
});

describe('dates and places (TRN-4.2, 5)', () => {
  const dates = session('PLANNED');

  it.each([
    { change: {}, fault: undefined },
    { change: { windowClosesAt: at('2015-08-03T09:00') }, fault: 'windowClosesAt' },
    { change: { resultOn: toLocalDate('2015-08-21') }, fault: undefined },
    { change: { resultOn: toLocalDate('2015-08-20') }, fault: 'resultOn' },
    { change: { resultOn: toLocalDate('2015-10-01') }, fault: 'startsAt' },
    { change: { startsAt: at('2015-08-21T16:00'), resultOn: toLocalDate('2015-08-21') }, fault: 'startsAt' },
    { change: { endsAt: at('2015-09-30T10:00') }, fault: 'endsAt' },
  ])('$change does not fit at $fault', ({ change, fault }) => {
    expect(datesFault({ ...dates, ...change })).toBe(fault);
  });

  it('the result is known a week after the window, on the day it is in Japan', () => {
    expect(defaultResultOn(new Date('2015-08-21T15:00:00Z'))).toBe('2015-08-29');
  });

  it('places are the least of room, machines, materials and capacity', () => {
    const room = { capacity: 60, roomPlaces: 80, labMachines: null, materials: null };
    expect([{}, { roomPlaces: 40 }, { labMachines: 20 }, { materials: 30, labMachines: 31 }].map((less) => placesOf({ ...room, ...less }))).toEqual([60, 40, 20, 30]);
    expect([defaultBodyQuota(null), defaultBodyQuota(20)]).toEqual([2, 1]);
  });
});
