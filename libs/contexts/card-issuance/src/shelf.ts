import { type Platform } from '#platform';
import { ApplicationStore } from './application/application.store.js';
import { CarryOverStore } from './application/carry-over.store.js';
import { CardStore } from './card/card.store.js';
import { PersonFactStore } from './card/person-fact.store.js';
import { HandoverStore } from './handover/handover.store.js';
import { MailingStore } from './mailing/mailing.store.js';
import { ProductionStore } from './production/production.store.js';
import { StopOrderStore } from './stop-order/stop-order.store.js';

/** What this context's features read and write by. */
export interface Shelf {
  readonly applications: ApplicationStore;
  readonly carryOvers: CarryOverStore;
  readonly cards: CardStore;
  readonly facts: PersonFactStore;
  readonly handovers: HandoverStore;
  readonly mailings: MailingStore;
  readonly production: ProductionStore;
  readonly stopOrders: StopOrderStore;
}

/** The stores, each once. */
export function shelfOf({ cipher }: Platform): Shelf {
  return {
    applications: new ApplicationStore(cipher), carryOvers: new CarryOverStore(), cards: new CardStore(), facts: new PersonFactStore(), handovers: new HandoverStore(),
    mailings: new MailingStore(cipher), production: new ProductionStore(cipher), stopOrders: new StopOrderStore(),
  };
}
