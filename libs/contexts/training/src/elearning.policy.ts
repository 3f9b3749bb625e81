import type { PolicyRow } from '#platform';
import { assessmentPolicy } from './assessment/assessment.policy.js';
import { packagePolicy } from './package/package.policy.js';
import { registrationPolicy } from './registration/registration.policy.js';
import { statementPolicy } from './statement/statement.policy.js';

/** The rows of e-learning. */
export const elearningPolicy: readonly PolicyRow[] = [...registrationPolicy, ...packagePolicy, ...statementPolicy, ...assessmentPolicy];
