import { describe, expect, it } from 'vitest';
import { isBusinessDay, localDateInJapan } from '#kernel';
import { shapeFault } from '../course/course.js';
import { datesFault } from '../session/session.js';
import { datesOf, kindOf, periodOf, planTotal } from './plan.js';
import { PLAN_FY2015 } from './plan-fy2015.js';

describe('the plan of FY2015 (TRN-4.1)', () => {
  it.each([
    { kind: 'CLASSROOM', series: 'NUMBER_SYSTEM', courses: 4, sessions: 11, capacity: 916 },
    { kind: 'CLASSROOM', series: 'SECURITY', courses: 2, sessions: 4, capacity: 204 },
    { kind: 'CLASSROOM', series: 'SMALL_BODY', courses: 2, sessions: 4, capacity: 216 },
    { kind: 'CLASSROOM', series: 'SYSTEMATIC', courses: 9, sessions: 19, capacity: 1_154 },
    { kind: 'CLASSROOM', series: undefined, courses: 17, sessions: 38, capacity: 2_490 },
    { kind: 'ELEARNING', series: 'NUMBER_SYSTEM', courses: 3, sessions: 0, capacity: 60_000 },
    { kind: 'ELEARNING', series: 'SECURITY', courses: 9, sessions: 0, capacity: 180_000 },
    { kind: 'ELEARNING', series: 'SYSTEMATIC', courses: 8, sessions: 0, capacity: 4_400 },
    { kind: 'ELEARNING', series: undefined, courses: 20, sessions: 0, capacity: 244_400 },
  ] as const)('$kind $series: $courses, $sessions, $capacity', ({ kind, series, ...total }) => {
    expect(planTotal(PLAN_FY2015, kind, series)).toEqual(total);
  });

  it('has sessions of the sizes of TRN-4.1, and each code once', () => {
    const sizes = new Map<string, number>();
    for (const { series, sessions = [] } of PLAN_FY2015.courses) for (const { capacity } of sessions) sizes.set(`${series} ${capacity}`, (sizes.get(`${series} ${capacity}`) ?? 0) + 1);
    expect(Object.fromEntries(sizes)).toEqual({
      'NUMBER_SYSTEM 83': 8, 'NUMBER_SYSTEM 84': 3, 'SECURITY 51': 4, 'SMALL_BODY 54': 4, 'SYSTEMATIC 60': 5, 'SYSTEMATIC 61': 14,
    });
    expect(new Set(PLAN_FY2015.courses.map(({ code }) => code)).size).toBe(37);
  });

  it('fits the rules of courses and sessions, on business days of the fiscal year', () => {
    for (const course of PLAN_FY2015.courses) {
      const period = kindOf(course) === 'ELEARNING' ? periodOf(2015) : { opensOn: null, closesOn: null };
      expect(shapeFault({ kind: kindOf(course), prework: [], completionRule: course.completionRule, capacity: course.capacity ?? null, ...period })).toBeUndefined();
    }
    for (let n = 0; n < 38; n += 1) {
      const day = localDateInJapan(datesOf(2015, n).startsAt);
      expect([datesFault(datesOf(2015, n)), isBusinessDay(day), day < '2016-04-01']).toEqual([undefined, true, true]);
    }
  });
});
