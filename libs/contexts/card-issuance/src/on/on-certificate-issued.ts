import { certificateIssued } from '#contracts/jpki-ca';
import { onEvent, type EventHandler } from '#platform';
import type { ProductionStore } from '../production/production.store.js';

/** Notes a pre-issued certificate on its record; with the last one that is wished the batch is certified (CARD-3.4). */
export function onCertificateIssued(production: ProductionStore): EventHandler {
  return onEvent(certificateIssued, async (ctx, { data }) => {
    const { productionBatchId, cardSerial, type, serial } = data;
    if (productionBatchId === undefined) return;
    const noted = await production.keepCertificate(ctx.db, productionBatchId, cardSerial, { type, serial });
    if (noted) await production.certificatesCame(ctx.db, productionBatchId, 1, ctx.now);
  });
}
