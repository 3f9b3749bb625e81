import { INSTITUTION_KINDS, type PolicyRow } from '#platform';
import { byAgency } from '../permitted.js';

/** The catalogue is public; what is in it is the agency's affair. */
export const coursePolicy: readonly PolicyRow[] = [
  ...byAgency('course', 'TRN-3.1', 'draft', 'change', 'review', 'return', 'publish', 'close', 'archive'),
  ...['list', 'read'].flatMap((verb) => INSTITUTION_KINDS.map((institution): PolicyRow => ({ action: `training.course.${verb}`, institution, scope: 'nation', basis: 'TRN-5' }))),
];
