import type { PolicyRow } from '#platform';
import { nation, NOTIFICATION, town } from '../permitted.js';

export const mailingPolicy: readonly PolicyRow[] = [
  town('mailing.move'), town('mailing.return'), town('mailing.list'), town('mailing.print-data', NOTIFICATION), town('mailing.decide-destination', NOTIFICATION),
  nation('operator', 'mailing.move'), nation('operator', 'mailing.list'), nation('operator', 'mailing.print-data', NOTIFICATION), nation('card-maker', 'mailing.move'),
  nation('card-maker', 'mailing.list'), nation('card-maker', 'mailing.print-data', NOTIFICATION),
];
