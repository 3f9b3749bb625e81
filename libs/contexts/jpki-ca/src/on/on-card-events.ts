import { cardAbolished, cardDefective, cardDestroyed, cardMissing, cardResumed, cardSuspended } from '#contracts/card-issuance';
import { onEvent, type CloudEvent, type Subscription } from '#platform';
import type { CardFollower, CardNotice } from '../certificate/card-follower.js';

type CardEvent = CloudEvent<{ readonly cardSerial: string; readonly personKey: string }>;

function noticeOf({ data: { cardSerial, personKey }, sequence }: CardEvent): CardNotice {
  return { cardSerial, personKey, sequence: Number(sequence) };
}

/** Stops, resumptions and abolitions of cards (JPKI 4.7 no. 7, 9); one destroyed before its hand-over, missing from its box or found faulty was never abolished, and leaves no certificate either. */
export function onCardEvents(cards: CardFollower): Subscription {
  return {
    name: 'cards',
    from: 'card-issuance',
    filter: 'kiban.card-issuance.card.>',
    handlers: [
      onEvent(cardSuspended, (ctx, event) => cards.suspended(ctx, noticeOf(event))),
      onEvent(cardResumed, (ctx, event) => cards.resumed(ctx, noticeOf(event))),
      onEvent(cardAbolished, (ctx, event) => cards.abolished(ctx, noticeOf(event))),
      ...[cardDestroyed, cardMissing, cardDefective].map((lost) => onEvent(lost, (ctx, event) => cards.abolished(ctx, noticeOf(event)))),
    ],
  };
}
