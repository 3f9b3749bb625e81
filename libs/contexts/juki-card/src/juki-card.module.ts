import { jukiCardEvents, jukiCardProto } from '#contracts/juki-card';
import { joinParts, route, type ContextModule, type ContextParts } from '#platform';
import { EndCommission, EnterCommission, ListCommissions, SetIssuingEnd } from './commission/change-commission.js';
import { CommissionStore } from './commission/commission.store.js';
import { cutOff } from './cut-off.js';
import { onCardActivated } from './on/on-card-activated.js';
import { HandOver } from './order/hand-over.js';
import { ImportAnswers } from './order/import-answers.js';
import { ImportOrders } from './order/import-orders.js';
import { OrderStore } from './order/order.store.js';
import { ListOrders, ReadOrderFile } from './order/read-orders.js';
import { StepOrders } from './order/step-orders.js';
import { policy } from './policy.js';

/** Juki cards of small municipalities, until the number card takes their place. */
export const jukiCardModule: ContextModule = {
  name: 'juki-card',
  title: '小規模市町村の住民基本台帳カード (juki cards of small municipalities)',
  migrations: new URL('./migrations/', import.meta.url),
  proto: jukiCardProto,
  events: jukiCardEvents,
  policy,
  build: ({ cipher, peers }) => {
    const commissions = new CommissionStore();
    const orders = new OrderStore(cipher);
    const commissionParts: Partial<ContextParts> = {
      http: [
        route('POST', '/commissions', new EnterCommission(commissions), { status: 201 }),
        route('GET', '/commissions', new ListCommissions(commissions)),
        route('POST', '/commissions/:municipalityCode/end', new EndCommission(commissions)),
        route('PUT', '/issuing-end', new SetIssuingEnd(commissions)),
      ],
      schedules: [cutOff(commissions, orders)],
    };
    const orderParts: Partial<ContextParts> = {
      http: [
        route('POST', '/order-files', new ImportOrders(orders, commissions), { upload: ['text/csv'] }),
        route('GET', '/order-files', new ReadOrderFile(orders), { binary: ['text/csv'] }),
        route('POST', '/answer-files', new ImportAnswers(orders), { upload: ['text/csv'] }),
        route('GET', '/orders', new ListOrders(orders)),
        route('POST', '/orders/steps/acceptance', new StepOrders(orders, 'ACCEPTED')),
        route('POST', '/orders/steps/receipt', new StepOrders(orders, 'RECEIVED')),
        route('POST', '/orders/steps/defect', new StepOrders(orders, 'RETURNED_DEFECTIVE')),
        route('POST', '/orders/steps/cancellation', new StepOrders(orders, 'CANCELLED')),
        route('POST', '/orders/:orderNo/hand-over', new HandOver(orders, peers)),
      ],
      subscriptions: [{ name: 'number-cards', from: 'card-issuance', filter: 'kiban.card-issuance.card.activated.>', handlers: [onCardActivated(orders)] }],
    };
    return joinParts(commissionParts, orderParts);
  },
};
