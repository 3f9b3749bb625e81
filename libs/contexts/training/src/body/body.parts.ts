import { route, type ContextParts } from '#platform';
import type { BodyStore } from './body.store.js';
import { ListBodies, RegisterBodies } from './register-bodies.js';

/** Bodies that send people to courses (TRN-4.2). */
export function bodyParts(bodies: BodyStore): Partial<ContextParts> {
  return { http: [route('POST', '/bodies', new RegisterBodies(bodies)), route('GET', '/bodies', new ListBodies(bodies))] };
}
