import { INSTITUTION_KINDS, type PolicyRow } from '#platform';
import { byAgency, byBodies, forTraining } from '../permitted.js';

const LEARNERS = ['apply', 'accept', 'decline', 'withdraw', 'substitute', 'read', 'list', 'watch'];

/** A body for its own people, the agency for all. */
export const enrolmentPolicy: readonly PolicyRow[] = [
  ...forTraining([...byBodies('enrolment', 'TRN-4.2', ...LEARNERS), ...byAgency('enrolment', 'TRN-4.2', ...LEARNERS, 'admit-by-phone')]),
  ...INSTITUTION_KINDS.map((institution): PolicyRow => ({ action: 'training.place.read', institution, scope: 'nation', basis: 'TRN-4.4: counts of places are public' })),
  ...(['operator', 'auditor'] as const).map((institution): PolicyRow => ({ action: 'training.place.check', institution, scope: 'nation', basis: 'TRN-4.4' })),
];
