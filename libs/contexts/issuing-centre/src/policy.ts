import type { PolicyRow } from '#platform';

/** The policy table of issuing-centre: the rows of its features. */
export const policy: readonly PolicyRow[] = [];
