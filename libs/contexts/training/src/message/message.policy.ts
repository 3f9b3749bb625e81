import type { PolicyRow } from '#platform';
import { byAgency, byBodies, forTraining } from '../permitted.js';

/** The mail gateway is a client of the agency's operator. */
export const messagePolicy: readonly PolicyRow[] = forTraining([
  ...byBodies('message', 'TRN-4.13', 'list'),
  ...byAgency('message', 'TRN-4.13', 'list-outgoing', 'take'),
]);
