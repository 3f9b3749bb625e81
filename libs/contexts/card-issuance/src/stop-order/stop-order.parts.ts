import { route, type ContextParts, type Platform } from '#platform';
import { ConvertStopOrder, LiftStopOrder, ListStopLettersDue, RecordStopLetter } from './end-stop-order.js';
import { PlaceStopOrder } from './place-stop-order.js';
import { RecordPoliceReport } from './report-to-police.js';
import { ShowStopLetter } from './stop-letter.js';
import type { Shelf } from '../shelf.js';

/** Stop orders (CARD-3.7, 4.9). */
export function stopOrderParts(shelf: Shelf, { peers }: Platform): Partial<ContextParts> {
  const { stopOrders, cards } = shelf;
  return {
    http: [
      route('POST', '/stop-orders', new PlaceStopOrder(stopOrders, cards, peers)),
      route('GET', '/stop-orders', new ListStopLettersDue(stopOrders)),
      route('POST', '/stop-orders/:stopOrderId/lift', new LiftStopOrder(shelf)),
      route('POST', '/stop-orders/:stopOrderId/conversion', new ConvertStopOrder(shelf)),
      route('POST', '/stop-orders/:stopOrderId/police-report', new RecordPoliceReport(stopOrders)),
      route('GET', '/stop-orders/:stopOrderId/letter', new ShowStopLetter(stopOrders, peers), { binary: ['text/plain'] }),
      route('POST', '/stop-orders/:stopOrderId/letter', new RecordStopLetter(stopOrders)),
    ],
  };
}
