import type { PolicyRow } from '#platform';
import { CONVENIENCE_ISSUANCE, permit } from '../permitted.js';

export const certificateRequestPolicy: readonly PolicyRow[] = [
  ...permit('kiosk-operator', ['session.open', 'session.show', 'session.pay', 'session.report-printing', 'session.report-journal', 'session.report-tray', 'session.close-by-shop', 'session.cancel', 'request.refund']),
  ...permit('kiosk-operator', ['session.authenticate', 'session.select', 'session.fetch-content', 'domicile-registration.request'], CONVENIENCE_ISSUANCE),
  ...permit('municipality', ['request.list']),
  ...permit('operator', ['session.show', 'request.list']),
];
