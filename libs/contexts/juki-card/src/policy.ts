import type { PolicyRow } from '#platform';
import { JUKI_CARD, permitted } from './permitted.js';

/** Who may do what with juki cards. */
export const policy: readonly PolicyRow[] = [
  ...permitted('municipality', ['commission.enter', 'commission.end', 'commission.list', 'order.cancel', 'order.receive', 'order.return-defective', 'order.list']),
  ...permitted('municipality', ['order.import', 'order.hand-over'], JUKI_CARD),
  ...permitted('operator', ['commission.enter', 'commission.end', 'commission.list', 'issuing-end.set', 'order.accept', 'order.cancel', 'order.list', 'order.import-answers']),
  ...permitted('card-maker', ['order.import-answers']),
  ...permitted('card-maker', ['order.read-file'], JUKI_CARD),
];
