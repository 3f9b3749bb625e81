import { route, type ContextParts, type GuestDoor } from '#platform';
import { EnterOutage, StepOutage } from './outage.js';
import { OutageStore } from './outage.store.js';
import { ListPickups, MovePickup, rebookingSchedule } from './pickup.js';
import { SetCounterPlan, ShowBacklog, ShowForecast } from './show-backlog.js';
import { PAGE_HEADERS, ShowServiceState, ShowStatePage } from './state-page.js';
import { countingSchedule, snapshotSchedule } from './watch-backlog.js';
import type { Shelf } from '../shelf.js';

/** For everybody: nothing about people is shown. */
const anyone: GuestDoor = { scheme: {}, takesJson: true, admit: async () => ({ clientId: 'anyone', kind: 'guest', organisation: 'anyone' }) };

/** Backlog, forecasts, counters, pick-ups, stops and incidents (CARD-4.11, 4.12). */
export function backlogParts(shelf: Shelf): Partial<ContextParts> {
  const { backlog, cards, pickups } = shelf;
  const outages = new OutageStore();
  const state = new ShowServiceState(outages, backlog);
  return {
    http: [
      route('GET', '/backlog', new ShowBacklog(shelf)),
      route('GET', '/applications/:applicationId/forecast', new ShowForecast(backlog)),
      route('PUT', '/counter-plans/:municipalityCode', new SetCounterPlan(shelf)),
      route('GET', '/pickups', new ListPickups(pickups)),
      route('PUT', '/cards/:cardSerial/pickup', new MovePickup(pickups, cards)),
      route('POST', '/outages', new EnterOutage(outages, pickups), { status: 201 }),
      route('POST', '/outages/:outageId/steps', new StepOutage(outages)),
      route('GET', '/service-state', state, { guest: anyone }),
      route('GET', '/service-state/page', new ShowStatePage(state), { guest: anyone, binary: ['text/html'], answerHeaders: PAGE_HEADERS }),
    ],
    schedules: [countingSchedule(shelf), snapshotSchedule(shelf), rebookingSchedule(pickups)],
  };
}
