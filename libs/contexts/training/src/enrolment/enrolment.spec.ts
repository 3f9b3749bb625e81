import { ENROLMENT_STATES } from '#contracts/training';
import { describe, expect, it } from 'vitest';
import { ENROLMENT_STEPS, holdsPlace, lastSubstitution, offerHeldUntil, stepEnrolment, type EnrolmentStep } from './enrolment.js';

describe('states of an enrolment (TRN-3.3)', () => {
  it('the active set holds places', () => {
    expect(ENROLMENT_STATES.filter(holdsPlace)).toEqual(['OFFERED', 'ADMITTED', 'ATTENDING']);
  });

  it.each([
    ['SUBMITTED', 'ADMIT WAIT REJECT WITHDRAW EXPIRE POSTPONE'],
    ['WAITLISTED', 'OFFER ADMIT_BY_PHONE WITHDRAW EXPIRE POSTPONE'],
    ['OFFERED', 'ACCEPT DECLINE LAPSE REMOVE POSTPONE'],
    ['ADMITTED', 'DECLINE SUBSTITUTE REMOVE POSTPONE ATTEND MISS'],
    ['ATTENDING', 'POSTPONE ATTEND COMPLETE FAIL'],
    ['COMPLETED', 'CERTIFY'],
  ] as const)('%s: %s and nothing else', (state, possible) => {
    const steps = (Object.keys(ENROLMENT_STEPS) as EnrolmentStep[]).filter((step) => stepEnrolment(state, step) !== undefined);
    expect(steps.join(' ')).toBe(possible);
  });

  it('nothing follows an end', () => {
    const ends = ['WITHDRAWN', 'REJECTED', 'DECLINED', 'OFFER_LAPSED', 'EXPIRED', 'SUBSTITUTED', 'REMOVED', 'POSTPONED', 'ABSENT', 'INCOMPLETE', 'CERTIFIED'] as const;
    expect(ends.flatMap((state) => Object.values(ENROLMENT_STEPS).filter(({ from }) => from.includes(state)))).toEqual([]);
  });
});

describe('terms (TRN-3.3, 4.2)', () => {
  const startsAt = new Date('2015-10-20T01:00:00Z');

  it.each([
    ['2015-10-12T01:00:00Z', '2015-10-14T01:00:00.000Z'],
    ['2015-10-13T01:00:00Z', '2015-10-15T01:00:00.000Z'],
    ['2015-10-13T01:00:01Z', '2015-10-13T13:00:01.000Z'],
    ['2015-10-19T01:00:00Z', '2015-10-19T13:00:00.000Z'],
    ['2015-10-19T01:00:01Z', undefined],
    ['2015-10-21T01:00:00Z', undefined],
  ])('a place offered at %s is held until %s', (now, until) => expect(offerHeldUntil(new Date(now), startsAt)?.toISOString()).toBe(until));

  // The Tuesday after three days off: the second business day before is the Thursday.
  it.each([['2015-10-20T01:00:00Z', '2015-10-16T08:00:00.000Z'], ['2015-10-13T00:00:00Z', '2015-10-08T08:00:00.000Z'], ['2016-01-04T00:00:00Z', '2015-12-25T08:00:00.000Z']])(
    'of a session at %s the last substitution is at %s', (starts, last) => {
      expect(lastSubstitution(new Date(starts)).toISOString()).toBe(last);
    });
});
