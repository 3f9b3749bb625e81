import { type Platform } from '#platform';
import { ApplicationStore } from './application/application.store.js';
import { CardStore } from './card/card.store.js';
import { PersonFactStore } from './card/person-fact.store.js';
import { DelegationStore } from './delegation/delegation.store.js';
import { HandoverStore } from './handover/handover.store.js';
import { MailingPlanStore } from './mailing/mailing-plan.store.js';
import { MailingStore } from './mailing/mailing.store.js';
import { ProductionStore } from './production/production.store.js';
import { StopOrderStore } from './stop-order/stop-order.store.js';

/** What this context's features read and write by. */
export interface Shelf {
  readonly applications: ApplicationStore;
  readonly cards: CardStore;
  readonly delegations: DelegationStore;
  readonly facts: PersonFactStore;
  readonly handovers: HandoverStore;
  readonly mailings: MailingStore;
  readonly plans: MailingPlanStore;
  readonly production: ProductionStore;
  readonly stopOrders: StopOrderStore;
}

/** The stores, each once. */
export function shelfOf({ cipher }: Platform): Shelf {
  return {
    applications: new ApplicationStore(cipher), cards: new CardStore(), delegations: new DelegationStore(), facts: new PersonFactStore(), handovers: new HandoverStore(),
    mailings: new MailingStore(cipher), plans: new MailingPlanStore(), production: new ProductionStore(cipher), stopOrders: new StopOrderStore(),
  };
}
