import { route, type ContextParts, type Platform } from '#platform';
import { ChangeCaseStore } from '../change-case/change-case.store.js';
import type { Numbers } from '../numbers.js';
import { AskLedgerList } from './ask-ledger-list.js';
import { CatchUpStore } from './catch-up.store.js';
import { ConfirmCatchUp } from './confirm-catch-up.js';
import { LedgerListStore } from './ledger-list.store.js';
import { ReadLedgerList } from './read-ledger-list.js';
import { ReadLedger } from './read-ledger.js';
import { SubmitCatchUp } from './submit-catch-up.js';

/** That a restored database draws no number again (NUM-7). */
export function ledgerParts({ cipher, database }: Platform, { assignments, moves, realm, register, drawing: gate }: Numbers): Partial<ContextParts> {
  const lists = new CatchUpStore(cipher);
  const drawn = new LedgerListStore(assignments);
  return {
    http: [
      route('GET', '/ledger', new ReadLedger(gate)),
      route('POST', '/ledger/catch-ups', new SubmitCatchUp(lists, realm), { status: 201, upload: ['text/csv'] }),
      route('POST', '/ledger/catch-ups/:catchUpId/confirmation', new ConfirmCatchUp({ lists, assignments, moves, cases: new ChangeCaseStore(cipher), register, gate })),
      route('POST', '/ledger/lists', new AskLedgerList(drawn), { status: 201 }),
      route('GET', '/ledger/lists/:listId/lines', new ReadLedgerList(drawn), { binary: ['text/csv'] }),
    ],
    prepare: () => gate.prepare(database),
  };
}
