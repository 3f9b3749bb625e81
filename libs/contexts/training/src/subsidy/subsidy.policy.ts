import type { PolicyRow } from '#platform';
import { byAgency, forTraining } from '../permitted.js';

const BASIS = 'TRN-4.11';

/** Prefectures apply and report; the agency decides, and files for associations. */
export const subsidyPolicy: readonly PolicyRow[] = [
  ...byAgency('subsidy', BASIS, 'set-fund', 'apply', 'list', 'approve', 'decline', 'hold', 'fix', 'pay'),
  ...['apply', 'list', 'hold'].map((verb): PolicyRow => ({ action: `training.subsidy.${verb}`, institution: 'prefecture', scope: 'own', basis: BASIS })),
  ...forTraining([...byAgency('subsidy', BASIS, 'report'), { action: 'training.subsidy.report', institution: 'prefecture', scope: 'own', basis: BASIS }]),
];
