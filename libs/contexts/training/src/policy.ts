import type { PolicyRow } from '#platform';
import { bodyPolicy } from './body/body.policy.js';
import { certificatePolicy } from './certificate/certificate.policy.js';
import { coursePolicy } from './course/course.policy.js';
import { lecturerPolicy } from './lecturer/lecturer.policy.js';
import { sessionPolicy } from './session/session.policy.js';
import { subsidyPolicy } from './subsidy/subsidy.policy.js';
import { textbookPolicy } from './textbook/textbook.policy.js';
import { videoPolicy } from './video/video.policy.js';

/** The policy table of training: the rows of its features. */
export const policy: readonly PolicyRow[] = [...bodyPolicy, ...coursePolicy, ...sessionPolicy, ...certificatePolicy, ...videoPolicy, ...subsidyPolicy, ...lecturerPolicy, ...textbookPolicy];
