import type { PolicyRow } from '#platform';
import { attendancePolicy } from './attendance/attendance.policy.js';
import { bodyPolicy } from './body/body.policy.js';
import { certificatePolicy } from './certificate/certificate.policy.js';
import { coursePolicy } from './course/course.policy.js';
import { elearningPolicy } from './elearning.policy.js';
import { enrolmentPolicy } from './enrolment/enrolment.policy.js';
import { lecturerPolicy } from './lecturer/lecturer.policy.js';
import { messagePolicy } from './message/message.policy.js';
import { planPolicy } from './plan/plan.policy.js';
import { selectionPolicy } from './selection/selection.policy.js';
import { sessionPolicy } from './session/session.policy.js';
import { statisticsPolicy } from './statistics/statistics.policy.js';
import { subsidyPolicy } from './subsidy/subsidy.policy.js';
import { textbookPolicy } from './textbook/textbook.policy.js';
import { videoPolicy } from './video/video.policy.js';

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
  ...certificatePolicy,
  ...videoPolicy,
  ...subsidyPolicy,
  ...lecturerPolicy,
  ...textbookPolicy,
];
