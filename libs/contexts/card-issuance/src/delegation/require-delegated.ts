import { localDateInJapan } from '#kernel';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import type { Ctx } from '#platform';
import { isDelegated, type DelegatedTask } from './delegation.js';
import type { DelegationStore } from './delegation.store.js';

/** Those of the municipalities that have delegated the task today (CARD-4.1 R2). */
export async function delegatedOf(ctx: Ctx, delegations: DelegationStore, municipalityCodes: readonly string[], task: DelegatedTask): Promise<Set<string>> {
  const today = localDateInJapan(ctx.now);
  const open = await delegations.open(ctx.db, municipalityCodes);
  return new Set(open.filter((one) => isDelegated(one, task, today)).map((one) => one.municipalityCode));
}

/** Refuses NOT_DELEGATED: the agency does nothing that the mayor has not handed to it (CARD-4.1 R2). */
export async function requireDelegated(ctx: Ctx, delegations: DelegationStore, municipalityCode: string, task: DelegatedTask): Promise<void> {
  const delegated = await delegatedOf(ctx, delegations, [municipalityCode], task);
  if (!delegated.has(municipalityCode)) throw cardIssuanceProblems.refuse('NOT_DELEGATED', { facts: { municipalityCode, task } });
}
