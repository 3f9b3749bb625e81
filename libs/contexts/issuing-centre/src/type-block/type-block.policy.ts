import type { PolicyRow } from '#platform';
import { INCIDENT, permit } from '../permitted.js';

export const typeBlockPolicy: readonly PolicyRow[] = [
  ...permit('operator', ['type-block.list', 'type-block.lift']),
  ...permit('operator', ['binding-mismatch.read'], INCIDENT),
  ...permit('municipality', ['type-block.list']),
  ...permit('auditor', ['type-block.list']),
];
