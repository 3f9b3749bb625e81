import type { PolicyRow } from '#platform';
import { byAgency } from '../permitted.js';

export const planPolicy: readonly PolicyRow[] = byAgency('plan', 'TRN-4.1', 'load');
