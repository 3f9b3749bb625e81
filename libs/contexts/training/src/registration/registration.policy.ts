import type { PolicyRow } from '#platform';
import { byAgency, byBodies, forTraining } from '../permitted.js';

export const registrationPolicy: readonly PolicyRow[] = [
  { action: 'training.progress.read', institution: 'service', scope: 'nation', basis: 'TRN-5' },
  ...byAgency('elearning', 'TRN-4.2', 'open', 'read-shares'),
  ...byBodies('elearning', 'TRN-4.2', 'read-shares'),
  ...forTraining(byAgency('registration', 'TRN-4.2', 'register', 'register-list', 'list', 'read', 'withdraw', 'launch', 'waive')),
  ...forTraining(byBodies('registration', 'TRN-4.2', 'register', 'register-list', 'list', 'read', 'withdraw', 'launch')),
];
