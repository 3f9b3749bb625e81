import { route, type ContextParts } from '#platform';
import type { CourseStore } from './course.store.js';
import { ChangeCourse, DraftCourse } from './draft-course.js';
import { GetCourse, ListCourses } from './read-courses.js';
import { StepCourse } from './step-course.js';

/** The catalogue: fiscal-year editions of seminars and e-learning (TRN-3.1). */
export function courseParts(courses: CourseStore): Partial<ContextParts> {
  return {
    http: [
      route('POST', '/courses', new DraftCourse(courses), { status: 201 }),
      route('GET', '/courses', new ListCourses(courses)),
      route('GET', '/courses/:courseId', new GetCourse(courses)),
      route('PATCH', '/courses/:courseId', new ChangeCourse(courses)),
      route('POST', '/courses/:courseId/steps/review', new StepCourse(courses, 'REVIEW')),
      route('POST', '/courses/:courseId/steps/return', new StepCourse(courses, 'RETURN')),
      route('POST', '/courses/:courseId/steps/publication', new StepCourse(courses, 'PUBLISH')),
      route('POST', '/courses/:courseId/steps/closing', new StepCourse(courses, 'CLOSE')),
      route('POST', '/courses/:courseId/steps/archival', new StepCourse(courses, 'ARCHIVE')),
    ],
  };
}
