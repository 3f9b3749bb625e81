import { INSTITUTION_KINDS, type PolicyRow } from '#platform';
import { byBodies } from '../permitted.js';

/** Published tables show no person; what a body sees of its own people is counts too, and asks for no purpose. */
export const statisticsPolicy: readonly PolicyRow[] = [
  ...['read-month', 'read-year', 'read-size-classes', 'read-regional-balance'].flatMap((verb) =>
    INSTITUTION_KINDS.map((institution): PolicyRow => ({ action: `training.statistics.${verb}`, institution, scope: 'nation', basis: 'TRN-4.10' }))),
  ...byBodies('statistics', 'TRN-4.10', 'read-own'),
];
