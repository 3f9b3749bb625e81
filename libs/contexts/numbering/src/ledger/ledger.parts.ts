import { route, type ContextParts, type Platform } from '#platform';
import { ChangeCaseStore } from '../change-case/change-case.store.js';
import type { Numbers } from '../numbers.js';
import { CatchUpStore } from './catch-up.store.js';
import { ConfirmCatchUp } from './confirm-catch-up.js';
import { ReadLedger } from './read-ledger.js';
import { SubmitCatchUp } from './submit-catch-up.js';

/** That a restored database draws no number again (NUM-7). */
export function ledgerParts({ cipher, database }: Platform, { assignments, moves, realm, register, drawing: gate }: Numbers): Partial<ContextParts> {
  const lists = new CatchUpStore(cipher);
  return {
    http: [
      route('GET', '/ledger', new ReadLedger(gate)),
      route('POST', '/ledger/catch-ups', new SubmitCatchUp(lists, realm), { status: 201, upload: ['text/csv'] }),
      route('POST', '/ledger/catch-ups/:catchUpId/confirmation', new ConfirmCatchUp({ lists, assignments, moves, cases: new ChangeCaseStore(cipher), register, gate })),
    ],
    prepare: () => gate.prepare(database),
  };
}
