import type { PolicyRow } from '#platform';
import { nation, town } from '../permitted.js';

export const feePolicy: readonly PolicyRow[] = [town('ordinance.record'), town('ordinance.show'), nation('operator', 'ordinance.show')];
