import { route, type ContextParts } from '#platform';
import type { CourseStore } from '../course/course.store.js';
import { AttemptDesk, overdueAttempts, type AttemptDeskParts } from './attempt-desk.js';
import { CreateAssessment, ReadStatistics } from './create-assessment.js';
import { OpenAttempt, ReadAttempt, SaveAnswer, SubmitAttempt } from './take-attempt.js';

/** Tests of e-learning (TRN-4.7). */
export function assessmentParts(parts: AttemptDeskParts, courses: CourseStore): Partial<ContextParts> {
  const attemptDesk = new AttemptDesk(parts);
  const taking = { ...parts, attemptDesk };
  return {
    http: [
      route('POST', '/assessments', new CreateAssessment(parts.assessments, courses), { status: 201 }),
      route('GET', '/assessments/:assessmentId/statistics', new ReadStatistics(parts.assessments, parts.attempts)),
      route('POST', '/attempts', new OpenAttempt(taking), { status: 201 }),
      route('GET', '/attempts/:attemptId', new ReadAttempt(taking)),
      route('PUT', '/attempts/:attemptId/answers/:itemId', new SaveAnswer(taking)),
      route('POST', '/attempts/:attemptId/submission', new SubmitAttempt(taking)),
    ],
    schedules: [overdueAttempts(parts, attemptDesk)],
  };
}
