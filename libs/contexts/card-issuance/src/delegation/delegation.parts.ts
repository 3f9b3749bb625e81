import { route, type ContextParts } from '#platform';
import type { Shelf } from '../shelf.js';
import { AmendDelegation, DraftDelegation, StepDelegation } from './change-delegation.js';
import { ImportDelegations } from './import-delegations.js';
import { ListDelegations } from './list-delegations.js';

/** What municipalities have the agency do for them (CARD-3.1, 4.1). */
export function delegationParts({ delegations }: Shelf): Partial<ContextParts> {
  return {
    http: [
      route('POST', '/delegations', new DraftDelegation(delegations), { status: 201 }),
      route('GET', '/delegations', new ListDelegations(delegations)),
      route('PATCH', '/delegations/:delegationId', new AmendDelegation(delegations)),
      route('POST', '/delegations/:delegationId/steps/entry-into-force', new StepDelegation(delegations, 'ENTER_INTO_FORCE')),
      route('POST', '/delegations/:delegationId/steps/termination', new StepDelegation(delegations, 'TERMINATE')),
      route('POST', '/delegation-files', new ImportDelegations(delegations), { upload: ['text/csv'] }),
    ],
  };
}
