import { route, type ContextParts, type Platform } from '#platform';
import { AbolishCard } from './abolish-card.js';
import { LedgerState } from './ledger-state.js';
import { cardTimersSchedule, RunCardTimers } from './card-timers.js';
import { AddToFace, ContinueCard, ExtendCard } from './continue-card.js';
import { ListCardsOfPerson } from './list-cards-of-person.js';
import { RecordPinEvent } from './record-pin-event.js';
import { CollectCard, DestroyCard, ReleaseCard } from './return-card.js';
import { ListCards, ShowCard } from './show-card.js';
import { onNumberChanged } from '../on/on-number-changed.js';
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
export function cardParts(shelf: Shelf, { peers }: Platform): Partial<ContextParts> {
  const { cards } = shelf;
  return {
    http: [
      route('GET', '/cards', new ListCards(cards)),
      route('GET', '/cards/:cardSerial', new ShowCard(cards, shelf.handovers)),
      route('POST', '/cards/:cardSerial/abolition', new AbolishCard(shelf)),
      route('POST', '/cards/:cardSerial/collection', new CollectCard(shelf)),
      route('POST', '/cards/:cardSerial/destruction', new DestroyCard(shelf)),
      route('POST', '/cards/:cardSerial/release', new ReleaseCard(shelf)),
      route('POST', '/cards/:cardSerial/continued-use', new ContinueCard(shelf, peers)),
      route('POST', '/cards/:cardSerial/pin-events', new RecordPinEvent(shelf)),
      route('POST', '/cards/:cardSerial/face-additions', new AddToFace(cards)),
      route('POST', '/cards/:cardSerial/validity-extension', new ExtendCard(shelf, peers)),
      route('GET', '/persons/:personKey/cards', new ListCardsOfPerson(shelf)),
    ],
    grpc: { 'CardLedger.GetState': new LedgerState(cards) },
    subscriptions: [
      {
        name: 'resident', from: 'juki-net', filter: 'kiban.juki-net.resident.>', together: leaveOutStrangers(shelf.facts),
        handlers: [onResidentMovedIn(shelf), onResidentMovedOut(shelf), onResidentDied(shelf), onResidentRecordDeleted(shelf), onResidentChanged(shelf), onResidentCodeChanged(shelf), ...onResidentsWithoutEffect(shelf)],
      },
      { name: 'number', from: 'numbering', filter: 'kiban.numbering.number.changed.>', handlers: [onNumberChanged(shelf)] },
    ],
    jobs: [new RunCardTimers(shelf)],
    schedules: [overdueNoticesSchedule(shelf), cardTimersSchedule],
  };
}
