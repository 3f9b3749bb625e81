import { applicationApproved } from '#contracts/card-issuance';
import type { Ctx } from '#platform';
import type { ApplicationStore } from '../application/application.store.js';

/**
 * Applications whose card cannot be used go back among the approved ones: the next batch makes a card with a new serial
 * (CARD-3.4). A card may fail twice, withheld first and then defective or missing: while another card is under way nothing is ordered anew.
 */
export async function reorderApplications(ctx: Ctx, store: ApplicationStore, applicationIds: readonly string[]): Promise<void> {
  const waiting = await store.lockWithoutCard(ctx.db, applicationIds);
  if (waiting.length === 0) return;
  await store.moveTo(ctx.db, waiting.map((application) => application.applicationId), { state: 'APPROVED' });
  for (const { applicationId, municipalityCode, channel, version } of waiting) {
    ctx.emit(applicationApproved, { aggregateId: applicationId, sequence: version + 1, data: { applicationId, municipalityCode, channel } });
  }
}
