import type { PolicyRow } from '#platform';
import { HANDOVER, town } from '../permitted.js';

export const handoverPolicy: readonly PolicyRow[] = [
  town('card.preset', HANDOVER), town('card.notify', HANDOVER), town('handover.open', HANDOVER), town('handover.show', HANDOVER), town('handover.identity', HANDOVER),
  town('handover.pins', HANDOVER), town('handover.certificates', HANDOVER), town('handover.chip-written', HANDOVER), town('handover.confirm', HANDOVER), town('handover.cancel', HANDOVER),
];
