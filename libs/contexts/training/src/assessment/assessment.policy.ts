import type { PolicyRow } from '#platform';
import { byAgency, byBodies, forTraining } from '../permitted.js';

export const assessmentPolicy: readonly PolicyRow[] = [
  ...byAgency('assessment', 'TRN-4.7', 'create', 'read-statistics'),
  ...forTraining(byBodies('attempt', 'TRN-4.7', 'open', 'read', 'save-answer', 'submit')),
  ...forTraining(byAgency('attempt', 'TRN-4.7', 'open', 'read', 'save-answer', 'submit')),
];
