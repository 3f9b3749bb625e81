import { route, type ContextParts } from '#platform';
import type { NumberChange } from '../change-case/change-number.js';
import { GIVES_FILES, TAKES_FILES } from '../exchange/file-exchange.js';
import { ListBatchLinks } from '../link/list-batch-links.js';
import type { Numbers } from '../numbers.js';
import { alarmReceipts } from './alarm-receipts.js';
import { ChangeLines } from './change-lines.js';
import { ConfirmReceipt } from './confirm-receipt.js';
import { ListBatches } from './list-batches.js';
import { NumberBatch } from './number-batch.js';
import { OpenBatch } from './open-batch.js';
import { ReadBatch } from './read-batch.js';
import { ReadResult } from './read-result.js';
import { SealBatch } from './seal-batch.js';
import { UploadLines } from './upload-lines.js';

/** Generation batches (NUM-3.2, NUM-4.6). */
export function batchParts({ assignments, batches, files, gate, held, realm, register, draw, drawing }: Numbers, change: NumberChange): Partial<ContextParts> {
  return {
    http: [
      route('POST', '/batches', new OpenBatch(batches, gate, realm), { status: 201 }),
      route('GET', '/batches', new ListBatches(batches)),
      route('GET', '/batches/:batchId', new ReadBatch(batches)),
      route('PUT', '/batches/:batchId/lines', new UploadLines({ batches, assignments, files }, realm), TAKES_FILES),
      route('POST', '/batches/:batchId/seal', new SealBatch(batches, gate), { status: 202 }),
      route('GET', '/batches/:batchId/result', new ReadResult({ batches, assignments, files }), GIVES_FILES),
      route('POST', '/batches/:batchId/receipt', new ConfirmReceipt(batches)),
    ],
    grpc: { 'Numbering.ListBatchLinks': new ListBatchLinks(batches, assignments) },
    jobs: [new NumberBatch({ batches, assignments, held, waves: gate }, { changes: new ChangeLines(change, gate), register, draw, gate: drawing })],
    schedules: [alarmReceipts],
  };
}
