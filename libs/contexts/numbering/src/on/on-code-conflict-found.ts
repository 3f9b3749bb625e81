import { codeConflictFound } from '#contracts/juki-net';
import { log, onEvent, type EventHandler } from '#platform';
import type { Assignment } from '../assignment/assignment-move.store.js';
import { mayMove } from '../assignment/lifecycle.js';
import { blockNumbers } from '../dispute/block-numbers.js';
import type { DisputeRecord } from '../dispute/dispute.store.js';
import type { DisputeParts } from '../dispute/settle-dispute.js';

/**
 * Two officers of the register found two persons under one code: the numbers drawn from it are blocked at once, in a dispute with the
 * id of their case (NUM-4.8 a). A candidate is provided to nobody yet; an officer withdraws it.
 */
export function onCodeConflictFound(parts: DisputeParts): EventHandler {
  return onEvent(codeConflictFound, async (ctx, { data: { caseId, personKeys: found = [] } }) => {
    const latest: Assignment[] = [];
    for (const personKey of [...found].sort()) latest.push(...[await parts.moves.lockLatest(ctx.db, personKey)].filter((held) => held !== undefined));
    const numbers = latest.filter(({ state }) => mayMove(state, 'DISPUTED'));
    const candidates = latest.filter(({ state }) => state === 'GENERATED' || state === 'TENTATIVE');
    ctx.audit({ object: `dispute:${caseId}`, subjects: found, facts: { kind: 'SHARED_NUMBER', numbers: numbers.length, candidates: candidates.length } });
    if (candidates.length > 0) log.error('alarm: a candidate stands under a code of two persons', { action: 'numbering.dispute', correlationId: ctx.correlationId, count: candidates.length });
    if (numbers.length === 0) return;
    const dispute: DisputeRecord = { disputeId: caseId, kind: 'SHARED_NUMBER', personKeys: numbers.map(({ personKey }) => personKey), state: 'OPEN', kept: null, proposedBy: codeConflictFound.type };
    await parts.disputes.add(ctx.db, dispute, ctx.now);
    await blockNumbers(ctx, parts, dispute, numbers);
  });
}
