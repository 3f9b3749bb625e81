import type { PolicyRow } from '#platform';
import { nation, NOTIFICATION, town } from '../permitted.js';

export const mailingPolicy: readonly PolicyRow[] = [
  town('mailing.move'), town('mailing.return'), town('mailing.list'), town('mailing.print-data', NOTIFICATION), town('mailing.decide-destination', NOTIFICATION),
  town('mailing.return-case', NOTIFICATION), town('mailing.figures'), town('mailing-plan.start'), town('mailing-plan.list'), town('mailing-plan.show'), town('return-retention.set'),
  town('temporary-address.register', NOTIFICATION), town('temporary-address.import', NOTIFICATION),
  ...['mailing.move', 'mailing.list', 'mailing.import-inserter-feed', 'mailing.import-posting-list', 'mailing.import-carrier-results', 'mailing-plan.list', 'mailing-plan.show'].flatMap((action) => [
    nation('operator', action), nation('card-maker', action),
  ]),
  nation('operator', 'mailing.figures'), nation('operator', 'mailing-plan.start'),
  nation('operator', 'mailing.print-data', NOTIFICATION), nation('card-maker', 'mailing.print-data', NOTIFICATION), nation('card-maker', 'mailing.print-file', NOTIFICATION),
];
