import type { PolicyRow } from '#platform';
import { permit } from '../permitted.js';

export const municipalServerPolicy: readonly PolicyRow[] = [
  ...permit('kiosk-operator', ['menu.show']),
  ...permit('municipality', ['municipal-server.register', 'fee.set', 'maintenance.plan']),
  ...permit('operator', ['menu.show', 'municipal-server.list', 'municipal-server.register', 'fee.set', 'maintenance.plan']),
  ...permit('auditor', ['municipal-server.list']),
];
