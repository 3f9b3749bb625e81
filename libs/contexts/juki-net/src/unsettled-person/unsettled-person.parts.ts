import { route, type ContextParts } from '#platform';
import { ListUnsettledPersons } from './list-unsettled-persons.js';
import { UnsettledPersonStore } from './unsettled-person.store.js';

/** Persons who are recorded nowhere (JUKI-8). */
export function unsettledPersonParts(): Partial<ContextParts> {
  return { http: [route('GET', '/unsettled-persons', new ListUnsettledPersons(new UnsettledPersonStore()))] };
}
