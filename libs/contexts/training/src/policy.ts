import type { PolicyRow } from '#platform';
import { attendancePolicy } from './attendance/attendance.policy.js';
import { bodyPolicy } from './body/body.policy.js';
import { coursePolicy } from './course/course.policy.js';
import { elearningPolicy } from './elearning.policy.js';
import { enrolmentPolicy } from './enrolment/enrolment.policy.js';
import { messagePolicy } from './message/message.policy.js';
import { planPolicy } from './plan/plan.policy.js';
import { selectionPolicy } from './selection/selection.policy.js';
import { sessionPolicy } from './session/session.policy.js';
import { statisticsPolicy } from './statistics/statistics.policy.js';

/** The policy table of training: the rows of its features. */
export const policy: readonly PolicyRow[] = [
  ...bodyPolicy,
  ...coursePolicy,
  ...planPolicy,
  ...sessionPolicy,
  ...enrolmentPolicy,
  ...selectionPolicy,
  ...attendancePolicy,
  ...messagePolicy,
  ...statisticsPolicy,
  ...elearningPolicy,
];
