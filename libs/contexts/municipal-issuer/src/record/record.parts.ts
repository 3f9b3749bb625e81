import { route, type ContextParts } from '#platform';
import type { Shelf } from '../shelf.js';
import { ImportRecords } from './import-records.js';

export function recordParts({ municipalities, records }: Shelf): Partial<ContextParts> {
  return { http: [route('POST', '/municipalities/:municipalityCode/records', new ImportRecords(records, municipalities), { upload: ['application/x-ndjson'] })] };
}
