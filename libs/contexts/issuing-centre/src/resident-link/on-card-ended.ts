import { cardAbolished, cardExpired } from '#contracts/card-issuance';
import { onEvent, type CloudEvent, type Ctx, type Subscription } from '#platform';
import type { DomicileRegistrationStore } from './domicile-registration.store.js';
import { tellRemoved } from './link-resident.js';
import type { ResidentLinkStore } from './resident-link.store.js';

/** A card that is abolished or has expired is no way to certificates (CARD-4.9). Repeated events find nothing left. */
export function onCardEnded(links: ResidentLinkStore, registrations: DomicileRegistrationStore): Subscription {
  const end = (reason: string) => async (ctx: Ctx, { data: { cardSerial } }: CloudEvent<{ readonly cardSerial: string }>): Promise<void> => {
    for (const link of await links.removeOfCard(ctx.db, cardSerial)) tellRemoved(ctx, link, reason);
    await registrations.removeOfCard(ctx.db, cardSerial);
  };
  return {
    name: 'cards', from: 'card-issuance', filter: 'kiban.card-issuance.card.>',
    handlers: [onEvent(cardAbolished, end('CARD_ABOLISHED')), onEvent(cardExpired, end('CARD_EXPIRED'))],
  };
}
