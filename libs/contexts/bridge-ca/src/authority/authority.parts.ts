import { route, type ContextParts } from '#platform';
import { ListAuthorities, ReadAuthority } from './list-authorities.js';
import type { Generations } from './generations.js';
import { RegisterExternal } from './register-external.js';
import { ActivateGeneration, CertifyGeneration, PlanGeneration } from './step-generation.js';

/** The authorities and the generations of their keys (JPKI 3.1, 4.11). */
export function authorityParts(generations: Generations): Partial<ContextParts> {
  const { authorities, store } = generations;
  return {
    http: [
      route('GET', '/authorities', new ListAuthorities(store)),
      route('GET', '/authorities/:authorityId', new ReadAuthority(store)),
      route('POST', '/external-authorities', new RegisterExternal(generations), { status: 201 }),
      route('POST', '/authorities/:authorityId/generations', new PlanGeneration(generations), { status: 201 }),
      route('POST', '/authorities/:authorityId/generations/:generation/certification', new CertifyGeneration(generations)),
      route('POST', '/authorities/:authorityId/generations/:generation/activation', new ActivateGeneration(generations)),
    ],
    schedules: [authorities.watch.schedule()],
    prepare: async () => {
      await authorities.watch.consult();
      await authorities.prepare();
    },
  };
}
