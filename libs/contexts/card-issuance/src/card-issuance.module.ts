import { cardIssuanceEvents, cardIssuanceProto } from '#contracts/card-issuance';
import { joinParts, type ContextModule } from '#platform';
import { applicationParts } from './application/application.parts.js';
import { backlogParts } from './backlog/backlog.parts.js';
import { callRecordParts } from './call-record/call-record.parts.js';
import { cardParts } from './card/card.parts.js';
import { delegationParts } from './delegation/delegation.parts.js';
import { feeParts } from './fee/fee.parts.js';
import { handoverParts } from './handover/handover.parts.js';
import { mailingParts } from './mailing/mailing.parts.js';
import { notificationCardParts } from './notification-card/notification-card.parts.js';
import { policy } from './policy.js';
import { prioritised } from './priority.js';
import { productionParts } from './production/production.parts.js';
import { reissueCaseParts } from './reissue-case/reissue-case.parts.js';
import { shelfOf } from './shelf.js';
import { stateMismatchParts } from './state-mismatch/state-mismatch.parts.js';
import { stopOrderParts } from './stop-order/stop-order.parts.js';

/** Notification cards, number cards and their hand-over. */
export const cardIssuanceModule: ContextModule = {
  name: 'card-issuance',
  title: '通知カード・個人番号カード発行 (card issuance)',
  migrations: new URL('./migrations/', import.meta.url),
  proto: cardIssuanceProto,
  events: cardIssuanceEvents,
  policy,
  build: (platform) => {
    const shelf = shelfOf(platform);
    return prioritised(joinParts(
      delegationParts(shelf),
      mailingParts(shelf, platform),
      notificationCardParts(shelf, platform),
      applicationParts(shelf, platform),
      productionParts(shelf, platform),
      cardParts(shelf, platform),
      handoverParts(shelf, platform),
      stopOrderParts(shelf, platform),
      feeParts(shelf),
      reissueCaseParts(shelf, platform),
      stateMismatchParts(shelf, platform),
      backlogParts(shelf),
      callRecordParts(shelf),
    ));
  },
};
