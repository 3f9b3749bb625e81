import type { PolicyRow } from '#platform';
import { applicationPolicy } from './application/application.policy.js';
import { cardPolicy } from './card/card.policy.js';
import { delegationPolicy } from './delegation/delegation.policy.js';
import { handoverPolicy } from './handover/handover.policy.js';
import { mailingPolicy } from './mailing/mailing.policy.js';
import { notificationCardPolicy } from './notification-card/notification-card.policy.js';
import { productionPolicy } from './production/production.policy.js';
import { stopOrderPolicy } from './stop-order/stop-order.policy.js';

/** Who may do what with notification cards and number cards, for which affairs, by which article. Rows without purposes touch no personal data. */
export const policy: readonly PolicyRow[] = [
  ...delegationPolicy,
  ...mailingPolicy,
  ...notificationCardPolicy,
  ...applicationPolicy,
  ...productionPolicy,
  ...cardPolicy,
  ...handoverPolicy,
  ...stopOrderPolicy,
];
