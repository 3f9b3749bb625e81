import type { PolicyRow } from '#platform';
import { byAgency } from '../permitted.js';

export const packagePolicy: readonly PolicyRow[] = byAgency('package', 'TRN-4.6', 'upload', 'list');
