import { route, type ContextParts, type Platform } from '#platform';
import { onCertificateIssued } from '../on/on-certificate-issued.js';
import { onIssuanceRejected } from '../on/on-issuance-rejected.js';
import { EndQuarantine } from './end-quarantine.js';
import { FillBatch } from './fill-batch.js';
import { ListCertificationRequests } from './list-certification-requests.js';
import { MakerKeyStore } from './maker-key.store.js';
import { OpenBatch } from './open-batch.js';
import { ReadCertificates } from './read-certificates.js';
import { ReadMakerFile } from './read-maker-file.js';
import { RecallBatch } from './recall-batch.js';
import { ReceiveBox } from './receive-box.js';
import { RegisterMakerKey, ReleaseKey } from './release-key.js';
import { AcknowledgeBatch, ReportInspection, ReportManufacture, ReportShipment } from './report-manufacture.js';
import { DispatchBatch, SealBatch } from './seal-batch.js';
import { ReadProductionPhoto, ReadProductionRecords, ShowBatch } from './show-batch.js';
import { SubmitCertificationRequests } from './submit-certification-requests.js';
import type { Shelf } from '../shelf.js';

/** A release asked for it; makers that send it still may. */
const KEY_OF_BEFORE = { 'Idempotency-Key': 'not needed: the same confirmation again is the first' };

/** Batches, their records, and the boxes that leave (CARD-3.4, 4.4, 4.5). */
export function productionParts(shelf: Shelf, { peers }: Platform): Partial<ContextParts> {
  const { production, applications } = shelf;
  const keys = new MakerKeyStore();
  return {
    http: [
      route('POST', '/production-batches', new OpenBatch(production), { status: 202 }),
      route('GET', '/production-batches/:batchId', new ShowBatch(production)),
      route('POST', '/production-batches/:batchId/seal', new SealBatch(production, keys)),
      route('GET', '/production-batches/:batchId/records', new ReadProductionRecords(production)),
      route('GET', '/production-batches/:batchId/records/:recordNo/photo', new ReadProductionPhoto(shelf), { binary: ['image/jpeg'] }),
      route('POST', '/production-batches/:batchId/certification-requests', new SubmitCertificationRequests(production)),
      route('GET', '/production-batches/:batchId/certificates', new ReadCertificates(production, peers)),
      route('POST', '/production-batches/:batchId/dispatch', new DispatchBatch(production)),
      route('POST', '/production-batches/:batchId/key-releases', new ReleaseKey(production)),
      route('GET', '/production-batches/:batchId/file', new ReadMakerFile(production, keys, applications), { binary: ['application/pkcs7-mime'] }),
      route('POST', '/production-batches/:batchId/acknowledgement', new AcknowledgeBatch(production), { headers: KEY_OF_BEFORE }),
      route('POST', '/production-batches/:batchId/manufacture', new ReportManufacture(shelf)),
      route('POST', '/production-batches/:batchId/inspection', new ReportInspection(shelf)),
      route('POST', '/production-batches/:batchId/quarantine-end', new EndQuarantine(shelf)),
      route('POST', '/production-batches/:batchId/shipment', new ReportShipment(shelf)),
      route('GET', '/production-batches/:batchId/recall', new RecallBatch(production)),
      route('POST', '/maker-keys', new RegisterMakerKey(keys), { status: 201 }),
      route('POST', '/boxes/:boxNo/receipts', new ReceiveBox(shelf)),
    ],
    grpc: { 'Production.ListCertificationRequests': new ListCertificationRequests(production) },
    subscriptions: [
      { name: 'certificate', from: 'jpki-ca', filter: 'kiban.jpki-ca.certificate.issued.>', handlers: [onCertificateIssued(production)] },
      { name: 'issuance', from: 'jpki-ca', filter: 'kiban.jpki-ca.issuance.>', handlers: [onIssuanceRejected(shelf)] },
    ],
    jobs: [new FillBatch(shelf, peers)],
  };
}
