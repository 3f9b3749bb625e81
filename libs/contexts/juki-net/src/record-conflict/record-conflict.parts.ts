import { route, type ContextParts } from '#platform';
import { followConflicts } from './follow-conflicts.js';
import { ListRecordConflicts } from './list-record-conflicts.js';
import { RecordConflictStore } from './record-conflict.store.js';

/** Persons with live records in several municipalities (JUKI-7). */
export function recordConflictParts(): Partial<ContextParts> {
  const conflicts = new RecordConflictStore();
  return { http: [route('GET', '/record-conflicts', new ListRecordConflicts(conflicts))], schedules: [followConflicts(conflicts)] };
}
