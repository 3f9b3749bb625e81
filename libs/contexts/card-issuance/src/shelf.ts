import { type Platform } from '#platform';
import { ApplicationStore } from './application/application.store.js';
import { BacklogStore } from './backlog/backlog.store.js';
import { PickupStore } from './backlog/pickup.store.js';
import { CarryOverStore } from './application/carry-over.store.js';
import { CardPinStore } from './card/card-pin.store.js';
import { CardStore } from './card/card.store.js';
import { DeadlineStore } from './card/deadline.store.js';
import { PersonFactStore } from './card/person-fact.store.js';
import { DelegationStore } from './delegation/delegation.store.js';
import { OrdinanceStore } from './fee/ordinance.store.js';
import { HandoverStore } from './handover/handover.store.js';
import { MailingPlanStore } from './mailing/mailing-plan.store.js';
import { CertificateWithdrawalStore } from './handover/certificate-withdrawal.store.js';
import { ChipKeyStore } from './handover/chip-key.store.js';
import { ConnectionBudgetStore } from './handover/connection-budget.store.js';
import { ChipDoubtStore } from './handover/chip-doubt.store.js';
import { MailingStore } from './mailing/mailing.store.js';
import { ProductionStore } from './production/production.store.js';
import { ReissueCaseStore } from './reissue-case/reissue-case.store.js';
import { CardCertificateStore } from './state-mismatch/card-certificate.store.js';
import { StateMismatchStore } from './state-mismatch/state-mismatch.store.js';
import { StopOrderStore } from './stop-order/stop-order.store.js';

/** What this context's features read and write by. */
export interface Shelf {
  readonly applications: ApplicationStore;
  readonly backlog: BacklogStore;
  readonly carryOvers: CarryOverStore;
  readonly cards: CardStore;
  readonly certificates: CardCertificateStore;
  readonly chipKeys: ChipKeyStore;
  readonly connections: ConnectionBudgetStore;
  readonly deadlines: DeadlineStore;
  readonly delegations: DelegationStore;
  readonly doubts: ChipDoubtStore;
  readonly facts: PersonFactStore;
  readonly handovers: HandoverStore;
  readonly mailings: MailingStore;
  readonly mismatches: StateMismatchStore;
  readonly ordinances: OrdinanceStore;
  readonly pickups: PickupStore;
  readonly pins: CardPinStore;
  readonly plans: MailingPlanStore;
  readonly production: ProductionStore;
  readonly reissueCases: ReissueCaseStore;
  readonly stopOrders: StopOrderStore;
  readonly withdrawals: CertificateWithdrawalStore;
}

/** The stores, each once. */
export function shelfOf({ cipher }: Platform): Shelf {
  return {
    applications: new ApplicationStore(cipher), backlog: new BacklogStore(), carryOvers: new CarryOverStore(), cards: new CardStore(), delegations: new DelegationStore(), facts: new PersonFactStore(), handovers: new HandoverStore(),
    mailings: new MailingStore(cipher), pickups: new PickupStore(), pins: new CardPinStore(), plans: new MailingPlanStore(), production: new ProductionStore(cipher), stopOrders: new StopOrderStore(cipher),
    certificates: new CardCertificateStore(), deadlines: new DeadlineStore(), mismatches: new StateMismatchStore(), ordinances: new OrdinanceStore(), reissueCases: new ReissueCaseStore(cipher),
    chipKeys: new ChipKeyStore(), connections: new ConnectionBudgetStore(), doubts: new ChipDoubtStore(), withdrawals: new CertificateWithdrawalStore(),
  };
}
