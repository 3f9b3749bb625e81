import { codeConflictFound } from '#contracts/juki-net';
import { route, type ContextParts } from '#platform';
import { onCodeConflictFound } from '../on/on-code-conflict-found.js';
import type { StandingParts } from '../standing/follow-person.js';
import { DisputeStore } from './dispute.store.js';
import { ConfirmDispute, ProposeDispute, ProposeResolution, ResolveDispute } from './settle-dispute.js';

/** Two persons under one number, or one with two (NUM-4.8). */
export function disputeParts(standing: StandingParts): Partial<ContextParts> {
  const disputes = new DisputeStore();
  const parts = { disputes, ...standing };
  return {
    http: [
      route('POST', '/disputes', new ProposeDispute(disputes), { status: 201 }),
      route('POST', '/disputes/:disputeId/confirmation', new ConfirmDispute(parts)),
      route('POST', '/disputes/:disputeId/resolution', new ProposeResolution(parts)),
      route('POST', '/disputes/:disputeId/resolution/confirmation', new ResolveDispute(parts)),
    ],
    subscriptions: [{ name: 'code-conflicts', from: 'juki-net', filter: codeConflictFound.subject, handlers: [onCodeConflictFound(parts)] }],
  };
}
