import { route, type ContextParts, type Platform } from '#platform';
import { ExchangeCertificateStore } from '../exchange/exchange-certificate.store.js';
import { ExchangeKeys } from '../exchange/exchange-key.js';
import { GetExchangeCertificate } from '../exchange/get-certificate.js';
import { RegisterExchangeCertificate } from '../exchange/register-certificate.js';
import { OutFileStore } from '../exchange-box/out-file.store.js';
import type { Provision } from '../inquiry/provision.js';
import { BatchStore } from './batch.store.js';
import { ConfirmBatchReceipt } from './confirm-receipt.js';
import { FetchResult } from './fetch-result.js';
import { ListBatches, ListBatchFaults, ShowBatch } from './follow-batch.js';
import { purgeBatches } from './purge-batches.js';
import { ResumeBatch } from './resume-batch.js';
import { SubmitBatch } from './submit-batch.js';
import { WorkOnBatch } from './work-on-batch.js';

/** Batches of questions as sealed files (JUKI-3.5, 5.3). */
export function batchParts({ cipher, clock, database }: Platform, provision: Provision): Partial<ContextParts> {
  const { grants, servers } = provision;
  const keys = new ExchangeKeys(cipher, clock);
  const certificates = new ExchangeCertificateStore();
  const batches = new BatchStore(cipher);
  const outFiles = new OutFileStore();
  return {
    http: [
      route('GET', '/exchange-certificate', new GetExchangeCertificate(keys), { binary: ['application/x-pem-file'] }),
      route('POST', '/exchange-certificates', new RegisterExchangeCertificate(certificates), { status: 201 }),
      route('POST', '/batches', new SubmitBatch({ grants, batches, keys, certificates }), { status: 202, upload: ['application/pkcs7-mime'] }),
      route('GET', '/batches', new ListBatches(batches)),
      route('GET', '/batches/:batchId', new ShowBatch(batches)),
      route('GET', '/batches/:batchId/faults', new ListBatchFaults(batches)),
      route('GET', '/batches/:batchId/result', new FetchResult({ batches, keys, certificates, outFiles }), { binary: ['application/pkcs7-mime'] }),
      route('POST', '/batches/:batchId/resumption', new ResumeBatch(batches, servers), { status: 202 }),
      route('POST', '/batches/:batchId/receipt', new ConfirmBatchReceipt(batches, outFiles)),
    ],
    jobs: [new WorkOnBatch(batches, provision)],
    schedules: [purgeBatches(batches)],
    prepare: () => keys.prepare(database),
  };
}
