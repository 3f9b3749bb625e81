import { cardIssuanceProblems } from '#contracts/card-issuance';
import type { Db } from '#platform';
import { caseDueYen } from './reissue-case.js';
import type { ReissueCaseStore } from './reissue-case.store.js';

/** Asked at the hand-over of the card of an application. Refuses FEE_NOT_SETTLED while the fee of its re-issue is not paid; a first card has no case (CARD-4.9). */
export async function requireFeeSettled(db: Db, reissueCases: ReissueCaseStore, applicationId: string): Promise<void> {
  const linked = await reissueCases.lockOfApplication(db, applicationId);
  const due = linked === undefined || linked.paidYen !== null ? 0 : caseDueYen(linked);
  if (due > 0) throw cardIssuanceProblems.refuse('FEE_NOT_SETTLED', { facts: { dueYen: due } });
}
