import { type Platform } from '#platform';
import { ApplicationStore } from './application/application.store.js';
import { CardStore } from './card/card.store.js';
import { PersonFactStore } from './card/person-fact.store.js';
import { CertificateWithdrawalStore } from './handover/certificate-withdrawal.store.js';
import { ChipKeyStore } from './handover/chip-key.store.js';
import { ConnectionBudgetStore } from './handover/connection-budget.store.js';
import { HandoverStore } from './handover/handover.store.js';
import { StateMismatchStore } from './handover/state-mismatch.store.js';
import { MailingStore } from './mailing/mailing.store.js';
import { ProductionStore } from './production/production.store.js';
import { StopOrderStore } from './stop-order/stop-order.store.js';

/** What this context's features read and write by. */
export interface Shelf {
  readonly applications: ApplicationStore;
  readonly cards: CardStore;
  readonly chipKeys: ChipKeyStore;
  readonly connections: ConnectionBudgetStore;
  readonly facts: PersonFactStore;
  readonly handovers: HandoverStore;
  readonly mailings: MailingStore;
  readonly mismatches: StateMismatchStore;
  readonly production: ProductionStore;
  readonly stopOrders: StopOrderStore;
  readonly withdrawals: CertificateWithdrawalStore;
}

/** The stores, each once. */
export function shelfOf({ cipher }: Platform): Shelf {
  return {
    applications: new ApplicationStore(cipher), cards: new CardStore(), facts: new PersonFactStore(), handovers: new HandoverStore(),
    mailings: new MailingStore(cipher), production: new ProductionStore(cipher), stopOrders: new StopOrderStore(),
    chipKeys: new ChipKeyStore(), connections: new ConnectionBudgetStore(), mismatches: new StateMismatchStore(), withdrawals: new CertificateWithdrawalStore(),
  };
}
