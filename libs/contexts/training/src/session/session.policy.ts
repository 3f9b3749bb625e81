import { INSTITUTION_KINDS, type PolicyRow } from '#platform';
import { byAgency } from '../permitted.js';

/** The calendar is public; planning is the agency's affair. */
export const sessionPolicy: readonly PolicyRow[] = [
  ...byAgency('session', 'TRN-3.2', 'plan', 'change', 'publish', 'confirm', 'hold', 'report', 'cancel', 'postpone'),
  ...['list', 'read', 'read-calendar'].flatMap((verb) => INSTITUTION_KINDS.map((institution): PolicyRow => ({ action: `training.session.${verb}`, institution, scope: 'nation', basis: 'TRN-5' }))),
];
