import { applicationApproved } from '#contracts/card-issuance';
import type { Ctx } from '#platform';
import type { ApplicationStore } from '../application/application.store.js';

/** Applications whose card cannot be used go back among the approved ones: the next batch makes a card with a new serial (CARD-3.4). */
export async function reorderApplications(ctx: Ctx, store: ApplicationStore, applicationIds: readonly string[]): Promise<void> {
  const waiting = (await store.lockMany(ctx.db, applicationIds)).filter((application) => application.state === 'ORDERED');
  if (waiting.length === 0) return;
  await store.moveTo(ctx.db, waiting.map((application) => application.applicationId), { state: 'APPROVED' });
  for (const { applicationId, municipalityCode, channel, version } of waiting) {
    ctx.emit(applicationApproved, { aggregateId: applicationId, sequence: version + 1, data: { applicationId, municipalityCode, channel } });
  }
}
