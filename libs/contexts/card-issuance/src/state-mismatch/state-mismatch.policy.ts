import type { PolicyRow } from '#platform';
import { LEDGER, nation, town } from '../permitted.js';

export const stateMismatchPolicy: readonly PolicyRow[] = [town('state-mismatch.list', LEDGER), nation('operator', 'state-mismatch.list', LEDGER)];
