import { route, type ContextParts } from '#platform';
import type { PersonViewStore } from '../resident/person-view.store.js';
import { CloseLogDay, closeLogDaily } from './close-day.js';
import { LogAlertStore } from './log-alert.store.js';
import { ListLogAlerts, StepLogAlert } from './manage-alerts.js';
import { QueryDayStore } from './query-day.store.js';
import { ListDutyHours, SetDutyHours } from './set-duty-hours.js';
import { EndWatch, ListWatched, WatchPerson } from './watch-persons.js';

/** What the operation log shows (JUKI-5.5). */
export function logAlertParts(views: PersonViewStore): Partial<ContextParts> {
  const alerts = new LogAlertStore();
  const days = new QueryDayStore();
  return {
    http: [
      route('GET', '/log-alerts', new ListLogAlerts(alerts)),
      route('POST', '/log-alerts/:alertId/explanation', new StepLogAlert(alerts, 'EXPLAIN')),
      route('POST', '/log-alerts/:alertId/suspicion', new StepLogAlert(alerts, 'SUSPECT')),
      route('POST', '/log-alerts/:alertId/confirmation', new StepLogAlert(alerts, 'CONFIRM')),
      route('POST', '/watched-persons', new WatchPerson(alerts, views), { status: 201 }),
      route('GET', '/watched-persons', new ListWatched(alerts)),
      route('POST', '/watched-persons/:watchId/end', new EndWatch(alerts)),
      route('GET', '/duty-hours', new ListDutyHours(alerts)),
      route('PUT', '/duty-hours/:organisation', new SetDutyHours(alerts)),
    ],
    jobs: [new CloseLogDay(days)],
    schedules: [closeLogDaily(days)],
  };
}
