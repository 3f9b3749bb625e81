import type { PolicyRow } from '#platform';
import { HANDOVER, nation, PRODUCTION, town } from '../permitted.js';

export const handoverPolicy: readonly PolicyRow[] = [
  town('card.preset', HANDOVER), town('card.notify', HANDOVER), town('handover.open', HANDOVER), town('handover.show', HANDOVER), town('handover.identity', HANDOVER),
  town('handover.pins', HANDOVER), town('handover.certificates', HANDOVER), town('handover.chip-written', HANDOVER), town('handover.confirm', HANDOVER), town('handover.cancel', HANDOVER), town('handover.renew', HANDOVER),
  town('handover.chip-record', HANDOVER), town('chip-doubt.list'), nation('operator', 'chip-doubt.list'), town('connection-budget.show'), nation('operator', 'connection-budget.show'),
  nation('operator', 'connection-budget.set'), nation('card-maker', 'chip-key.register', PRODUCTION),
];
