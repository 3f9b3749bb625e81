import { route, type ContextParts } from '#platform';
import type { Shelf } from '../shelf.js';
import { DecideRegistration, ListRegistrations } from './decide-registration.js';
import { LinkResident, RemoveLink } from './link-resident.js';
import { onCardEnded } from './on-card-ended.js';

/** Which municipality knows the holder of a card (CARD-3.10, 4.15 step 4). */
export function residentLinkParts({ links, registrations, servers }: Shelf): Partial<ContextParts> {
  return {
    http: [
      route('POST', '/resident-links', new LinkResident(links, servers), { status: 201 }),
      route('POST', '/resident-link-removals', new RemoveLink(links)),
      route('GET', '/domicile-registrations', new ListRegistrations(registrations)),
      route('POST', '/domicile-registrations/:id/decision', new DecideRegistration(registrations)),
    ],
    subscriptions: [onCardEnded(links, registrations)],
  };
}
