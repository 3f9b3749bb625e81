import { route, type ContextParts } from '#platform';
import type { Shelf } from '../shelf.js';
import { RecordOrdinance, ShowOrdinance } from './record-ordinance.js';

/** Ordinance data of municipalities (CARD-4.9). */
export function feeParts({ ordinances }: Shelf): Partial<ContextParts> {
  return { http: [route('POST', '/ordinances', new RecordOrdinance(ordinances), { status: 201 }), route('GET', '/ordinances', new ShowOrdinance(ordinances))] };
}
