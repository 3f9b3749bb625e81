import type { PolicyRow } from '#platform';
import { permit } from '../permitted.js';

const READ = ['settlement.read', 'settlement.list-differences'];

export const settlementPolicy: readonly PolicyRow[] = [
  ...permit('kiosk-operator', ['settlement.upload-journal', ...READ]),
  ...permit('municipality', ['settlement.upload-journal', ...READ]),
  ...permit('operator', ['settlement.upload-journal', 'settlement.make', ...READ]),
  ...permit('auditor', READ),
];
