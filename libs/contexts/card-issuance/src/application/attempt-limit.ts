import { cardIssuanceProblems } from '#contracts/card-issuance';
import type { Ctx, Mac } from '#platform';
import type { AttemptStore } from './attempt.store.js';
import { CHALLENGE_BITS, isSolved, makeChallenge, type Solution } from './challenge.js';

const FREE = 5;
const WITH_WORK = 10;
const BAD_ID = 'BAD_ID';

/** What a caller may still try after so many wrong IDs within the hour (CARD-7). */
export function roomAfter(failures: number): 'FREE' | 'WORK' | 'NONE' {
  if (failures < FREE) return 'FREE';
  return failures < WITH_WORK ? 'WORK' : 'NONE';
}

/** Five wrong IDs an hour, five more with work for each, then none: by client and the terminal at which the person asks, so that a web site names its visitors apart (CARD-7). */
export class AttemptLimit {
  constructor(
    private readonly attempts: AttemptStore,
    private readonly mac: Mac,
  ) {}

  /** Refuses CHALLENGE_REQUIRED, with a new challenge, and RATE_LIMIT. */
  async requireRoom(ctx: Ctx, solution: Solution): Promise<void> {
    const caller = callerOf(ctx);
    const room = roomAfter(await this.attempts.counted(ctx.db, BAD_ID, caller, ctx.now));
    if (room === 'NONE') throw cardIssuanceProblems.refuse('RATE_LIMIT');
    if (room === 'WORK' && !isSolved(this.mac, caller, solution, ctx.now)) {
      throw cardIssuanceProblems.refuse('CHALLENGE_REQUIRED', { facts: { challenge: makeChallenge(this.mac, caller, ctx.now), bits: CHALLENGE_BITS } });
    }
  }

  async countFailure(ctx: Ctx): Promise<void> {
    await ctx.transaction((tx) => this.attempts.count(tx.db, BAD_ID, callerOf(tx), tx.now));
  }
}

function callerOf({ actor }: Ctx): string {
  return `${actor.clientId}/${actor.terminal ?? ''}`;
}
