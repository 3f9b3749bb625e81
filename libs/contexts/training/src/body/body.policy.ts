import type { PolicyRow } from '#platform';
import { byAgency } from '../permitted.js';

export const bodyPolicy: readonly PolicyRow[] = byAgency('body', 'TRN-4.2', 'register', 'list');
