import type { PolicyRow } from '#platform';
import { byAgency, byBodies, forTraining } from '../permitted.js';

/** The office takes attendance; a body may have its learners' tokens and tell that they answered the questionnaire. */
export const attendancePolicy: readonly PolicyRow[] = forTraining([
  ...byAgency('attendance', 'TRN-4.5', 'read-token', 'enter', 'import', 'list', 'read-roster', 'close', 'note-evidence'),
  ...byBodies('attendance', 'TRN-4.5', 'read-token', 'note-evidence'),
]);
