import type { PolicyRow } from '#platform';

/** Whoever holds the paper; nothing is searched by a name. */
export const verificationPolicy: readonly PolicyRow[] = ['verify', 'show-front', 'show-page', 'answer-page']
  .map((verb) => ({ action: `issuing-centre.verification.${verb}`, institution: 'guest', scope: 'nation', basis: 'CARD-4.16' }));
