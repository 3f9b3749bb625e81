import { describe, expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { bodyCodeOf, isEligible, sizeClassOf } from '../body/body.js';
import { COURSE_STATES, COURSE_STEPS, eligibleFor, shapeFault, stepCourse, type CourseShape, type CourseStep } from './course.js';

describe('life of a course (TRN-3.1)', () => {
  it.each([
    ['DRAFT', 'REVIEW>REVIEWED'], ['REVIEWED', 'RETURN>DRAFT PUBLISH>PUBLISHED'], ['PUBLISHED', 'CLOSE>CLOSED'], ['CLOSED', 'ARCHIVE>ARCHIVED'], ['ARCHIVED', ''],
  ] as const)('%s: only what the table allows', (state, allowed) => {
    const taken = (Object.keys(COURSE_STEPS) as CourseStep[]).flatMap((step) => {
      const outcome = stepCourse({ state, draftedBy: 'a@operator-1' }, step, 'b@operator-1');
      return 'state' in outcome ? [`${step}>${outcome.state}`] : [];
    });
    expect(taken.join(' ')).toBe(allowed);
    expect(COURSE_STATES).toContain(state);
  });

  it('what one officer drafted another one reviews', () => {
    expect(stepCourse({ state: 'DRAFT', draftedBy: 'a@operator-1' }, 'REVIEW', 'a@operator-1')).toEqual({ refusal: 'SAME_OFFICER' });
    expect(stepCourse({ state: 'REVIEWED', draftedBy: 'a@operator-1' }, 'PUBLISH', 'a@operator-1')).toEqual({ state: 'PUBLISHED' });
  });

  const seminar: CourseShape = { kind: 'CLASSROOM', completionRule: 'ATTENDANCE_80', prework: ['0101'], capacity: null, opensOn: null, closesOn: null };
  const elearning: CourseShape = { kind: 'ELEARNING', completionRule: 'ALL_UNITS', prework: [], capacity: 100, opensOn: toLocalDate('2015-06-01'), closesOn: toLocalDate('2016-03-31') };

  it.each<[string, CourseShape, string | undefined]>([
    ['a seminar', seminar, undefined],
    ['e-learning', elearning, undefined],
    ['a seminar with places of its own', { ...seminar, capacity: 100 }, 'capacity'],
    ['a seminar with a period', { ...seminar, opensOn: toLocalDate('2015-06-01') }, 'opensOn'],
    ['e-learning without places', { ...elearning, capacity: null }, 'capacity'],
    ['e-learning without an end', { ...elearning, closesOn: null }, 'closesOn'],
    ['e-learning that ends before it begins', { ...elearning, closesOn: toLocalDate('2015-05-31') }, 'closesOn'],
    ['e-learning that is attended', { ...elearning, completionRule: 'ATTENDANCE_80' }, 'completionRule'],
    ['e-learning with prework', { ...elearning, prework: ['0101'] }, 'prework'],
    ['a seminar that is watched', { ...seminar, completionRule: 'WATCHED_90' }, 'completionRule'],
  ])('%s', (_what, shape, fault) => {
    expect(shapeFault(shape)).toBe(fault);
  });
});

describe('who may attend (TRN-4.2)', () => {
  const town = { kind: 'MUNICIPALITY', population: 99_999 } as const;

  it.each([
    [{ ...town }, true], [{ ...town, population: 100_000 }, false], [{ kind: 'PREFECTURE', population: 0 } as const, false],
  ])('%o at courses for small bodies: %s', (body, eligible) => {
    expect(isEligible(eligibleFor('SMALL_BODY', {}), body)).toBe(eligible);
    expect(isEligible({}, body)).toBe(true);
  });

  it('a course for small bodies may be narrower than the limit, never wider', () => {
    expect(eligibleFor('SMALL_BODY', { populationBelow: 30_000 }).populationBelow).toBe(30_000);
    expect(eligibleFor('SMALL_BODY', { populationBelow: 200_000 }).populationBelow).toBe(100_000);
    expect(eligibleFor('SECURITY', { populationBelow: 200_000 }).populationBelow).toBe(200_000);
  });

  it('size classes begin at their bounds', () => {
    expect([500_000, 499_999, 100_000, 99_999, 30_000, 29_999].map((population) => sizeClassOf({ kind: 'MUNICIPALITY', population }))).toEqual(
      ['OVER_500K', 'OVER_100K', 'OVER_100K', 'OVER_30K', 'OVER_30K', 'UP_TO_30K'],
    );
    expect(sizeClassOf({ kind: 'PREFECTURE', population: 1_000_000 })).toBe('PREFECTURE');
  });

  it('a body is who acts for it', () => {
    expect(bodyCodeOf({ kind: 'municipality', organisation: '011002' })).toBe('011002');
    expect(bodyCodeOf({ kind: 'prefecture', organisation: '13' })).toBe('130001');
    expect(bodyCodeOf({ kind: 'operator', organisation: 'agency' })).toBeUndefined();
  });
});
