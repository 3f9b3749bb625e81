import type { ContextParts } from '#platform';
import { PurgeRecords, purgeDaily } from './purge-records.js';

/** What is forgotten, and when (TRN-9). */
export const retentionParts: Partial<ContextParts> = { jobs: [new PurgeRecords()], schedules: [purgeDaily] };
