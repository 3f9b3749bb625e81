import { INSTITUTION_KINDS, type PolicyRow } from '#platform';
import { byAgency, byBodies, forTraining } from '../permitted.js';

const BASIS = 'TRN-4.9';

/** What everybody may ask who has the number shows no name. */
export const certificatePolicy: readonly PolicyRow[] = [
  ...['certificate.verify', 'certificate.compare-name', 'certificate.show-verification', 'certificate.answer-verification', 'certificate.export-badge', 'certificate-key.list']
    .map((action): PolicyRow => ({ action: `training.${action}`, institution: 'guest', scope: 'nation', basis: BASIS })),
  ...INSTITUTION_KINDS.map((institution): PolicyRow => ({ action: 'training.certificate.verify', institution, scope: 'nation', basis: BASIS })),
  ...forTraining([...byBodies('certificate', BASIS, 'list', 'print'), ...byAgency('certificate', BASIS, 'list', 'print', 'rename', 'revoke')]),
  ...byAgency('certificate-key', 'TRN-7', 'rotate'),
];
