import { numberingEvents, numberingProto } from '#contracts/numbering';
import { deriveKey, route, type ContextModule } from '#platform';
import { AssignmentStore } from './assignment/assignment.store.js';
import { designateTentative } from './assignment/designate-tentative.js';
import { RequestNumber } from './assignment/request-number.js';
import { BatchStore } from './batch/batch.store.js';
import { ConfirmReceipt } from './batch/confirm-receipt.js';
import { NumberBatch } from './batch/number-batch.js';
import { OpenBatch } from './batch/open-batch.js';
import { ReadBatch } from './batch/read-batch.js';
import { ReadResult } from './batch/read-result.js';
import { SealBatch } from './batch/seal-batch.js';
import { UploadLines } from './batch/upload-lines.js';
import { drawWith, type Draw } from './construction/draw.js';
import { CheckDeliveryTargets } from './delivery-target/check-delivery-targets.js';
import { DeliveryTargetStore } from './delivery-target/delivery-target.store.js';
import { dropBrokenUploads } from './delivery-target/drop-broken-uploads.js';
import { ListDeliveryTargets } from './delivery-target/list-delivery-targets.js';
import { ListTargetFaults } from './delivery-target/list-faults.js';
import { ReadDeliveryTargetSet } from './delivery-target/read-set.js';
import { SubmitDeliveryTargets } from './delivery-target/submit-delivery-targets.js';
import { LinkByPersons } from './link/link-by-persons.js';
import { ListBatchLinks } from './link/list-batch-links.js';
import { policy } from './policy.js';
import { ResidentRegister } from './register/resident-register.js';
import { CheckUniqueness } from './uniqueness/check-uniqueness.js';

const CSV = { upload: ['text/csv'] };

/** The context with its generator; `generator` makes the draw from the key K of the key store. */
export function numberingWith(generator: (key: Buffer) => Draw): ContextModule {
  return {
    name: 'numbering',
    title: '個人番号付番システム',
    migrations: new URL('./migrations/', import.meta.url),
    proto: numberingProto,
    events: numberingEvents,
    policy,
    build: ({ cipher, masterKey, peers }) => {
      const assignments = new AssignmentStore(cipher);
      const batches = new BatchStore();
      const targets = new DeliveryTargetStore(cipher);
      const register = new ResidentRegister(peers);
      const draw = generator(deriveKey(masterKey, 'numbering:K'));
      return {
        http: [
          route('POST', '/requests', new RequestNumber(assignments, register, draw), { status: 201 }),
          route('POST', '/batches', new OpenBatch(batches), { status: 201 }),
          route('GET', '/batches/:batchId', new ReadBatch(batches)),
          route('PUT', '/batches/:batchId/lines', new UploadLines(batches, assignments), CSV),
          route('POST', '/batches/:batchId/seal', new SealBatch(batches), { status: 202 }),
          route('GET', '/batches/:batchId/result', new ReadResult(batches, assignments), { binary: ['text/csv'] }),
          route('POST', '/batches/:batchId/receipt', new ConfirmReceipt(batches)),
          route('POST', '/delivery-target-sets', new SubmitDeliveryTargets(targets), { ...CSV, status: 202 }),
          route('GET', '/delivery-target-sets/:setId', new ReadDeliveryTargetSet(targets)),
          route('GET', '/delivery-target-sets/:setId/faults', new ListTargetFaults(targets)),
          route('GET', '/uniqueness', new CheckUniqueness()),
        ],
        grpc: {
          'Numbering.LinkByPersons': new LinkByPersons(assignments),
          'Numbering.ListBatchLinks': new ListBatchLinks(batches, assignments),
          'Numbering.ListDeliveryTargets': new ListDeliveryTargets(targets),
        },
        subscriptions: [],
        jobs: [new NumberBatch(batches, assignments, register, draw), new CheckDeliveryTargets(targets, assignments, register)],
        schedules: [designateTentative, dropBrokenUploads(targets)],
      };
    },
  };
}

export const numberingModule = numberingWith(drawWith);
