import type { PolicyRow } from '#platform';
import { byAgency, byBodies, forTraining } from '../permitted.js';

const BASIS = 'TRN-4.12';

export const lecturerPolicy: readonly PolicyRow[] = [
  ...forTraining(byAgency('lecturer', BASIS, 'register', 'list')),
  ...byAgency('lecturer', BASIS, 'list-requests', 'match', 'finish', 'withdraw'),
  ...byBodies('lecturer', BASIS, 'request', 'list-requests', 'agree', 'report', 'withdraw'),
];
