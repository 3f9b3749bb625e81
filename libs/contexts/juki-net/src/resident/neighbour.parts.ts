import { type ContextParts } from '#platform';
import { CodesOfPersons, GetPersons, ResolveCodes } from './answer-neighbours.js';
import { CurrentMunicipality, GetByRef } from './ask-one-person.js';
import { CheckExistence } from './check-existence.js';
import type { PersonViewStore } from './person-view.store.js';

/** What neighbours ask of the register. */
export function neighbourParts(views: PersonViewStore): Partial<ContextParts> {
  return {
    grpc: {
      'JukiRegister.ResolveCodes': new ResolveCodes(views),
      'JukiRegister.CodesOfPersons': new CodesOfPersons(views),
      'JukiRegister.GetPersons': new GetPersons(views),
      'JukiRegister.GetByRef': new GetByRef(views),
      'JukiRegister.Exists': new CheckExistence(views),
      'JukiRegister.CurrentMunicipality': new CurrentMunicipality(views),
    },
  };
}
