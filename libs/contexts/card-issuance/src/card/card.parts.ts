import { route, type ContextParts } from '#platform';
import { AbolishCard } from './abolish-card.js';
import { LedgerState } from './ledger-state.js';
import { ListCards, ShowCard } from './show-card.js';
import { overdueNoticesSchedule } from '../on/follow-overdue-notices.js';
import { leaveOutStrangers } from '../on/leave-out-strangers.js';
import { onResidentChanged } from '../on/on-resident-changed.js';
import { onResidentCodeChanged } from '../on/on-resident-code-changed.js';
import { onResidentDied } from '../on/on-resident-died.js';
import { onResidentMovedIn } from '../on/on-resident-moved-in.js';
import { onResidentMovedOut } from '../on/on-resident-moved-out.js';
import { onResidentRecordDeleted } from '../on/on-resident-record-deleted.js';
import { onResidentsWithoutEffect } from '../on/on-resident-without-effect.js';
import type { Shelf } from '../shelf.js';

/** The card ledger and what the facts of persons do to it (CARD-3.5, 4.9, 4.10, 4.13). */
export function cardParts(shelf: Shelf): Partial<ContextParts> {
  const { cards } = shelf;
  return {
    http: [
      route('GET', '/cards', new ListCards(cards)),
      route('GET', '/cards/:cardSerial', new ShowCard(cards, shelf.handovers)),
      route('POST', '/cards/:cardSerial/abolition', new AbolishCard(cards, shelf.stopOrders)),
    ],
    grpc: { 'CardLedger.GetState': new LedgerState(cards) },
    subscriptions: [
      {
        name: 'resident', from: 'juki-net', filter: 'kiban.juki-net.resident.>', together: leaveOutStrangers(shelf.facts),
        handlers: [onResidentMovedIn(shelf), onResidentMovedOut(shelf), onResidentDied(shelf), onResidentRecordDeleted(shelf), onResidentChanged(shelf), onResidentCodeChanged(shelf), ...onResidentsWithoutEffect(shelf)],
      },
    ],
    schedules: [overdueNoticesSchedule(shelf)],
  };
}
