import type { PolicyRow } from '#platform';
import { NOTIFICATION, town } from '../permitted.js';

export const notificationCardPolicy: readonly PolicyRow[] = [
  town('notification-card.report-loss', NOTIFICATION), town('notification-card.list', NOTIFICATION), town('notification-card.reissue', NOTIFICATION),
];
