import { INSTITUTION_KINDS, type PolicyRow } from '#platform';
import { byAgency } from '../permitted.js';

/** What is published of a selection is for everybody, without names and bodies. */
export const selectionPolicy: readonly PolicyRow[] = [
  ...byAgency('selection', 'TRN-4.3', 'commit', 'draw', 'propose', 'confirm', 'propose-correction', 'confirm-correction', 'propose-priority'),
  ...INSTITUTION_KINDS.map((institution): PolicyRow => ({ action: 'training.selection.read', institution, scope: 'nation', basis: 'TRN-4.3' })),
];
