import type { PolicyRow } from '#platform';
import { permit } from '../permitted.js';

export const operatorPolicy: readonly PolicyRow[] = [
  ...permit('operator', ['operator.register', 'operator.list', 'kiosk.register', 'commission.set']),
  ...permit('kiosk-operator', ['kiosk.register']),
  ...permit('auditor', ['operator.list']),
];
