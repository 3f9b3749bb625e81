import type { PolicyRow } from '#platform';
import { ownOrAgency, verifierPolicy } from './verifier/verifier.policy.js';

/** The policy table of jpki-verifier: the rows of its features. */
export const policy: readonly PolicyRow[] = [...verifierPolicy, ...ownOrAgency('list-statements', 'read-statement')];
