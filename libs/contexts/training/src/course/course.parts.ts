import { route, type ContextParts } from '#platform';
import type { SessionStore } from '../session/session.store.js';
import type { CourseStore } from './course.store.js';
import { ChangeCourse, DraftCourse } from './draft-course.js';
import { GetCourse, ListCourses } from './read-courses.js';
import { StepCourse } from './step-course.js';

/** The catalogue: fiscal-year editions of seminars and e-learning (TRN-3.1). */
export function courseParts(parts: { readonly courses: CourseStore; readonly sessions: SessionStore }): Partial<ContextParts> {
  const { courses } = parts;
  return {
    http: [
      route('POST', '/courses', new DraftCourse(courses), { status: 201 }),
      route('GET', '/courses', new ListCourses(courses)),
      route('GET', '/courses/:courseId', new GetCourse(courses)),
      route('PATCH', '/courses/:courseId', new ChangeCourse(courses)),
      route('POST', '/courses/:courseId/steps/review', new StepCourse(parts, 'REVIEW')),
      route('POST', '/courses/:courseId/steps/return', new StepCourse(parts, 'RETURN')),
      route('POST', '/courses/:courseId/steps/publication', new StepCourse(parts, 'PUBLISH')),
      route('POST', '/courses/:courseId/steps/closing', new StepCourse(parts, 'CLOSE')),
      route('POST', '/courses/:courseId/steps/archival', new StepCourse(parts, 'ARCHIVE')),
    ],
  };
}
