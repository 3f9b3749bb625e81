import { queueJob, type Ctx } from '#platform';
import type { AssignmentMoveStore } from '../assignment/assignment-move.store.js';
import { moveAssignment } from '../assignment/move-assignment.js';
import { FOLLOW_CODES_JOB } from './follow-codes.js';
import { contradictsDeath, FIRST_STANDING, isSettled, moveFor, standingAfter, type LifeNotice, type Standing } from './standing.js';
import type { StandingStore } from './standing.store.js';

export interface StandingParts {
  readonly standings: StandingStore;
  readonly moves: AssignmentMoveStore;
}

/** Takes news of the register in; late, early and repeated ones end in the same state of the number (NUM-3.1). */
export async function followPerson(ctx: Ctx, parts: StandingParts, personKey: string, notice: LifeNotice): Promise<void> {
  await parts.moves.lockPerson(ctx.db, personKey);
  const before = (await parts.standings.find(ctx.db, personKey)) ?? FIRST_STANDING;
  if (contradictsDeath(before, notice)) ctx.audit({ object: `person:${personKey}`, subjects: [personKey], facts: { factVersion: notice.factVersion, found: 'ENTRY_AFTER_DEATH' } });
  await settleStanding(ctx, parts, personKey, standingAfter(before, notice));
  if (notice.kind === 'code-changed') await queueJob(ctx, FOLLOW_CODES_JOB, {});
}

/** Brings the person's number to where the standing says, if its state allows that now. */
export async function settleStanding(ctx: Ctx, { standings, moves }: StandingParts, personKey: string, standing: Standing): Promise<void> {
  const held = await moves.lockLatest(ctx.db, personKey);
  const move = held && moveFor(held.state, standing.life);
  if (held !== undefined && move !== undefined) await moveAssignment(ctx, moves, held, move);
  await standings.keep(ctx.db, personKey, standing, isSettled(move?.to ?? held?.state, standing.life));
}
