import type { PolicyRow } from '#platform';

/** The policy table of municipal-issuer: the rows of its features. */
export const policy: readonly PolicyRow[] = [];
