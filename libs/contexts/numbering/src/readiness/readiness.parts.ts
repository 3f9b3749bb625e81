import { route, type ContextParts } from '#platform';
import { LinkTicket, ResolveTicket } from './link-ticket.js';
import { ListReadiness, ReadReadiness } from './list-readiness.js';
import { ReadinessStore } from './readiness.store.js';
import { ScheduleReadiness, SetMilestone } from './set-milestone.js';

/** The board of municipalities (NUM-3.6). */
export function readinessParts(): Partial<ContextParts> {
  const readiness = new ReadinessStore();
  return {
    http: [
      route('PUT', '/readiness', new ScheduleReadiness(readiness)),
      route('GET', '/readiness', new ListReadiness(readiness)),
      route('GET', '/readiness/:municipalityCode', new ReadReadiness(readiness)),
      route('PUT', '/readiness/:municipalityCode/:milestone', new SetMilestone(readiness)),
      route('PUT', '/ticket-links/:ticketId', new LinkTicket(readiness)),
      route('POST', '/ticket-links/:ticketId/resolution', new ResolveTicket(readiness)),
    ],
  };
}
