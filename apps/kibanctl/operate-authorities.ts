import { type Group, must, step } from './operate.js';

/** The authorities' database after a restore. */
export const authorityGroups: readonly Group[] = [
  {
    name: 'ca-reconciliations', description: 'what was published by the certification authorities and a restored database does not know', path: '/api/jpki-ca/v1/reconciliations',
    commands: [
      {
        name: 'list', description: 'list them, the newest first',
        columns: 'RECONCILIATION id, STATE state, REQUESTED AT requestedAt, COPIES LEFT copies, ENTERED AGAIN reentered, WITHOUT RECORD unrecorded, UNVERIFIED LISTS unverifiedLists',
      },
      step('request', '', 'ask, as a named officer, that what was published be entered again', { with: '--evidence order-12', path: '', members: [must('--evidence <text>', 'evidenceRef', 'the order to restore')] }),
      step('confirm', ':reconciliation/confirmation', 'confirm it, as another officer; repeated, it goes on where it was', { with: '--as officer-2' }),
    ],
  },
];
