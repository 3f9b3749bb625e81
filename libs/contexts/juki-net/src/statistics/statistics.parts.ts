import { route, type ContextParts } from '#platform';
import { MunicipalityChangeStore } from '../merger/municipality-change.store.js';
import { MakeExtract, makeMonthly } from './make-extract.js';
import { GetExtract, OpenExtract, ReadExtractRows } from './read-extract.js';
import { StatisticsStore } from './statistics.store.js';
import { WorkOnExtract } from './work-on-extract.js';

/** Monthly migration statistics (JUKI-4.10). */
export function statisticsParts(): Partial<ContextParts> {
  const extracts = new StatisticsStore();
  return {
    http: [
      route('POST', '/statistics-extracts', new MakeExtract(extracts), { status: 202 }),
      route('GET', '/statistics-extracts/:extractId', new GetExtract(extracts)),
      route('GET', '/statistics-extracts/:extractId/rows', new ReadExtractRows(extracts), { binary: ['text/csv'] }),
    ],
    grpc: { 'Stats.OpenExtract': new OpenExtract(extracts) },
    jobs: [new WorkOnExtract(extracts, new MunicipalityChangeStore())],
    schedules: [makeMonthly(extracts)],
  };
}
