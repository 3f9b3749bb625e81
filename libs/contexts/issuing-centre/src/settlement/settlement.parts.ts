import { route, type ContextParts } from '#platform';
import { ListDifferences, ReadSettlement } from './read-settlement.js';
import { SettleMonth, settlementMonthly } from './settle-month.js';
import { SettlementStore } from './settlement.store.js';
import { UploadJournal } from './upload-journal.js';

/** What operators owe municipalities, month by month (CARD-4.15). */
export function settlementParts(): Partial<ContextParts> {
  const store = new SettlementStore();
  return {
    http: [
      route('POST', '/settlements/:month/journals/:source/:party', new UploadJournal(store), { upload: ['text/csv'] }),
      route('POST', '/settlements/:month/runs', new SettleMonth(store), { status: 201 }),
      route('GET', '/settlements/:month', new ReadSettlement(store), { binary: ['text/csv'] }),
      route('GET', '/settlements/:month/differences', new ListDifferences(store)),
    ],
    schedules: [settlementMonthly(store)],
  };
}
