import { route, type ContextParts, type Platform } from '#platform';
import type { Provision } from '../inquiry/provision.js';
import { ChainStore } from './chain.store.js';
import { CompareCopies } from './compare-copies.js';
import { ListServers, SetServerState } from './manage-servers.js';
import { ListResendOrders, OrderResend, WithdrawResendOrder } from './order-resend.js';
import { compareNightly, ExplainChainDifference, GetChainRun, ListChainDifferences, OpenChainRun } from './reconcile-copies.js';
import { ResendOrderStore } from './resend-order.store.js';

/** The prefectures' servers: their states, their copies beside the national one, and what they order (JUKI-1, 4.6, 7). */
export function prefectureParts({ cipher }: Platform, { servers }: Provision): Partial<ContextParts> {
  const chains = new ChainStore(cipher);
  const orders = new ResendOrderStore();
  return {
    http: [
      route('GET', '/servers', new ListServers(servers)),
      route('PUT', '/servers/:server/state', new SetServerState(servers)),
      route('POST', '/change-notices/resend-orders', new OrderResend(orders), { status: 201 }),
      route('GET', '/resend-orders', new ListResendOrders(orders)),
      route('POST', '/resend-orders/:orderId/withdrawal', new WithdrawResendOrder(orders)),
      route('POST', '/prefecture-reconciliations', new OpenChainRun(chains), { status: 202 }),
      route('GET', '/prefecture-reconciliations/:runId', new GetChainRun(chains)),
      route('GET', '/prefecture-reconciliations/:runId/differences', new ListChainDifferences(chains)),
      route('PUT', '/prefecture-differences/:differenceId/explanation', new ExplainChainDifference(chains, orders)),
    ],
    jobs: [new CompareCopies(chains)],
    schedules: [compareNightly(chains)],
  };
}
