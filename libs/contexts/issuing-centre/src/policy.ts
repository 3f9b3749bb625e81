import type { PolicyRow } from '#platform';
import { backSidePolicy } from './back-side/back-side.policy.js';
import { verificationPolicy } from './verification/verification.policy.js';

/** The policy table of issuing-centre: the rows of its features. */
export const policy: readonly PolicyRow[] = [...backSidePolicy, ...verificationPolicy];
