import { route, type ContextParts, type Platform } from '#platform';
import { onFormerNumber } from '../on/on-former-number.js';
import type { Shelf } from '../shelf.js';
import { NotificationCardStore } from './notification-card.store.js';
import { ReissueNotificationCard } from './reissue-notification-card.js';
import { ListNotificationCards, ReportLoss } from './report-loss.js';

/** Notification cards beyond their first envelope (CARD-3.2). */
export function notificationCardParts({ applications, delegations, mailings, plans }: Shelf, { peers }: Platform): Partial<ContextParts> {
  const cards = new NotificationCardStore();
  return {
    http: [
      route('GET', '/notification-cards', new ListNotificationCards(cards)),
      route('POST', '/notification-cards/losses', new ReportLoss(cards)),
      route('POST', '/notification-cards/reissues', new ReissueNotificationCard({ applications, cards, delegations, mailings, plans }, peers), { status: 201 }),
    ],
    subscriptions: [{ name: 'notification-card-number', from: 'numbering', filter: 'kiban.numbering.number.changed.>', handlers: [onFormerNumber(cards)] }],
  };
}
