import type { PolicyRow } from '#platform';
import { CALL_CENTRE, HANDOVER, nation, town } from '../permitted.js';

export const stopOrderPolicy: readonly PolicyRow[] = [
  nation('operator', 'stop-order.place', CALL_CENTRE), town('stop-order.place', [...CALL_CENTRE, ...HANDOVER]), nation('operator', 'stop-order.lift', CALL_CENTRE),
  town('stop-order.lift', HANDOVER), nation('operator', 'stop-order.convert', CALL_CENTRE), town('stop-order.convert', HANDOVER), nation('operator', 'stop-order.letter', CALL_CENTRE),
  town('stop-order.letter', HANDOVER), nation('operator', 'stop-order.list-letters-due', CALL_CENTRE), town('stop-order.list-letters-due', HANDOVER),
  nation('operator', 'stop-order.letter-text', CALL_CENTRE), town('stop-order.letter-text', HANDOVER), nation('operator', 'stop-order.report', CALL_CENTRE), town('stop-order.report', HANDOVER),
];
