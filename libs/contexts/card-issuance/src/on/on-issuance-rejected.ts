import { issuanceRejected } from '#contracts/jpki-ca';
import { onEvent, type EventHandler } from '#platform';
import { moveCards } from '../card/move-cards.js';
import { certificatesMissing } from '../production/production-batch.js';
import { reorderApplications } from '../production/reorder-applications.js';
import type { ProductionStores } from '../production/require-batch.js';

/** A record whose certificate was refused leaves its batch; the card is cancelled and its application waits for another (CARD-3.4). */
export function onIssuanceRejected(stores: ProductionStores): EventHandler {
  return onEvent(issuanceRejected, async (ctx, { data }) => {
    const { productionBatchId, cardSerial, code } = data;
    const record = await stores.production.lockRecord(ctx.db, productionBatchId, cardSerial);
    if (record?.state !== 'IN') return;
    await stores.production.leave(ctx.db, [cardSerial], 'REJECTED', code);
    await stores.production.certificatesCame(ctx.db, productionBatchId, certificatesMissing(record), ctx.now);
    const card = await stores.cards.lock(ctx.db, cardSerial);
    if (card !== undefined) await moveCards(ctx, stores.cards, [card], { to: 'CANCELLED', reason: 'CERTIFICATE_REJECTED' });
    await reorderApplications(ctx, stores.applications, [record.applicationId]);
  });
}
