import { route, type ContextParts, type Platform } from '#platform';
import { DecideDestination } from './decide-destination.js';
import { ListMailings } from './list-mailings.js';
import { MoveMailing, ScanReturnedMailing } from './move-mailing.js';
import { PlanMailings } from './plan-mailings.js';
import { ShowMailingForms } from './show-mailing-forms.js';
import { onNotificationListPrepared } from '../on/on-notification-list-prepared.js';
import { onSupportChanged } from '../on/on-support-changed.js';
import type { Shelf } from '../shelf.js';

/** Notification cards in their envelopes (CARD-3.2, 4.2). */
export function mailingParts({ mailings }: Shelf, { peers }: Platform): Partial<ContextParts> {
  return {
    http: [
      route('GET', '/mailings', new ListMailings(mailings)),
      route('GET', '/mailings/:mailingId/forms', new ShowMailingForms(mailings)),
      route('POST', '/mailings/:mailingId/destination', new DecideDestination(mailings)),
      route('POST', '/mailings/:mailingId/transitions', new MoveMailing(mailings)),
      route('POST', '/mailing-return-scans', new ScanReturnedMailing(mailings)),
    ],
    subscriptions: [
      { name: 'notification-list', from: 'numbering', filter: 'kiban.numbering.notification-list.>', handlers: [onNotificationListPrepared] },
      { name: 'support', from: 'juki-net', filter: 'kiban-restricted.juki-net.support.>', handlers: [onSupportChanged(mailings)] },
    ],
    jobs: [new PlanMailings(mailings, peers)],
  };
}
