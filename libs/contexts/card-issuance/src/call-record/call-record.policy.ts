import type { PolicyRow } from '#platform';
import { nation } from '../permitted.js';

export const callRecordPolicy: readonly PolicyRow[] = ['call.record', 'call.desk', 'call.service-level', 'call.staffing'].map((action) => nation('operator', action));
