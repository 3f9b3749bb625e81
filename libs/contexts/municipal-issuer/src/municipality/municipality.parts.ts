import { route, type ContextParts } from '#platform';
import type { Shelf } from '../shelf.js';
import { SetMunicipality } from './set-municipality.js';

export function municipalityParts({ municipalities }: Shelf): Partial<ContextParts> {
  return { http: [route('PUT', '/municipalities/:municipalityCode', new SetMunicipality(municipalities))] };
}
