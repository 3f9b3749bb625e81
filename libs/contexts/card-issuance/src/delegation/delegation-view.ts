import { z } from 'zod';
import { characterFault } from '#kernel';
import { DELEGATED_TASKS, delegationChanged } from '#contracts/card-issuance';
import type { Ctx } from '#platform';
import { DELEGATION_STATES } from './delegation.js';
import type { DelegationRecord } from './delegation.store.js';

export const tasks = z.array(z.enum(DELEGATED_TASKS)).min(1).max(DELEGATED_TASKS.length).refine((list) => new Set(list).size === list.length, { params: { code: 'DUPLICATE' } });
export const grantBasis = z.string().min(1).max(200).refine((text) => characterFault(text) === undefined, { params: { code: 'CHARACTER' } }).describe('the decision by which the municipality pays the cost');

export const delegationView = z.object({
  delegationId: z.uuid(), municipalityCode: z.string(), state: z.enum(DELEGATION_STATES), tasks: z.array(z.string()), amendedTasks: z.array(z.string()).nullable(),
  startsOn: z.string(), endedOn: z.string().nullable(), grantBasis: z.string(),
});

export function viewOf({ delegationId, municipalityCode, state, tasks: present, amendedTasks, startsOn, endedOn, grantBasis: basis }: DelegationRecord): z.input<typeof delegationView> {
  return { delegationId, municipalityCode, state, tasks: [...present], amendedTasks: amendedTasks && [...amendedTasks], startsOn, endedOn, grantBasis: basis };
}

/** Tells of a delegation as it is now; `version` counts from 1. */
export function tellDelegation(ctx: Ctx, { delegationId, municipalityCode, state, tasks: present, startsOn, version }: Omit<DelegationRecord, 'amendedTasks' | 'endedOn' | 'grantBasis'>): void {
  ctx.emit(delegationChanged, { aggregateId: delegationId, sequence: version, data: { delegationId, municipalityCode, state, tasks: [...present], startsOn } });
  ctx.audit({ object: `delegation:${delegationId}`, facts: { municipalityCode, to: state, tasks: present.join(' ') } });
}
