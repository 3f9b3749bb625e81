import { route, type ContextParts } from '#platform';
import { LinkTicket, ResolveTicket } from './link-ticket.js';
import { ListReadiness, ReadReadiness } from './list-readiness.js';
import { ListRedLists } from './list-red-lists.js';
import { prepareRedLists } from './prepare-red-lists.js';
import { ReadinessStore } from './readiness.store.js';
import { RedListStore } from './red-list.store.js';
import { ScheduleReadiness, SetMilestone } from './set-milestone.js';

/** The board of municipalities (NUM-3.6). */
export function readinessParts(): Partial<ContextParts> {
  const [readiness, redLists] = [new ReadinessStore(), new RedListStore()];
  return {
    http: [
      route('PUT', '/readiness', new ScheduleReadiness(readiness)),
      route('GET', '/readiness', new ListReadiness(readiness)),
      route('GET', '/readiness/:municipalityCode', new ReadReadiness(readiness)),
      route('PUT', '/readiness/:municipalityCode/:milestone', new SetMilestone(readiness)),
      route('GET', '/red-lists/:prefectureCode', new ListRedLists(redLists)),
      route('PUT', '/ticket-links/:ticketId', new LinkTicket(readiness)),
      route('POST', '/ticket-links/:ticketId/resolution', new ResolveTicket(readiness)),
    ],
    schedules: [prepareRedLists(readiness, redLists)],
  };
}
