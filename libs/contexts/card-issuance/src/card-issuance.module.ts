import { cardIssuanceEvents, cardIssuanceProto } from '#contracts/card-issuance';
import { joinParts, type ContextModule } from '#platform';
import { applicationParts } from './application/application.parts.js';
import { cardParts } from './card/card.parts.js';
import { delegationParts } from './delegation/delegation.parts.js';
import { handoverParts } from './handover/handover.parts.js';
import { mailingParts } from './mailing/mailing.parts.js';
import { notificationCardParts } from './notification-card/notification-card.parts.js';
import { policy } from './policy.js';
import { productionParts } from './production/production.parts.js';
import { shelfOf } from './shelf.js';
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
    return joinParts(
      delegationParts(shelf),
      mailingParts(shelf, platform),
      notificationCardParts(shelf, platform),
      applicationParts(shelf, platform),
      productionParts(shelf, platform),
      cardParts(shelf),
      handoverParts(shelf, platform),
      stopOrderParts(shelf, platform),
    );
  },
};
