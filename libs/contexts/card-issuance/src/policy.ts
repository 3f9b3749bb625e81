import type { PolicyRow } from '#platform';
import { applicationPolicy } from './application/application.policy.js';
import { backlogPolicy } from './backlog/backlog.policy.js';
import { callRecordPolicy } from './call-record/call-record.policy.js';
import { cardPolicy } from './card/card.policy.js';
import { delegationPolicy } from './delegation/delegation.policy.js';
import { feePolicy } from './fee/fee.policy.js';
import { handoverPolicy } from './handover/handover.policy.js';
import { mailingPolicy } from './mailing/mailing.policy.js';
import { notificationCardPolicy } from './notification-card/notification-card.policy.js';
import { productionPolicy } from './production/production.policy.js';
import { reissueCasePolicy } from './reissue-case/reissue-case.policy.js';
import { stateMismatchPolicy } from './state-mismatch/state-mismatch.policy.js';
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
  ...feePolicy,
  ...reissueCasePolicy,
  ...stateMismatchPolicy,
  ...backlogPolicy,
  ...callRecordPolicy,
];
