import { productionBatchReady } from '#contracts/card-issuance';
import { onEvent, queueJob, type Subscription } from '#platform';
import { CERTIFY_PRODUCTION_BATCH } from '../issuance/certify-production-batch.js';

/** A sealed batch waits for its certificates: the work is queued, the requests are fetched by the job. */
export const onProductionBatchReady: Subscription = {
  name: 'production-batches',
  from: 'card-issuance',
  filter: 'kiban.card-issuance.production-batch.>',
  handlers: [
    onEvent(productionBatchReady, async (ctx, { data: { batchId, count } }) => {
      await queueJob(ctx, CERTIFY_PRODUCTION_BATCH, { batchId, count });
    }),
  ],
};
