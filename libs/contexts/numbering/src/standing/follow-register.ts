import { queueJob, type Schedule } from '#platform';
import { FOLLOW_CODES_JOB } from './follow-codes.js';
import { followStandings, type StandingParts } from './follow-person.js';

const CHUNK = 200;
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * News that came while the number was still a candidate, in dispute, or being drawn have their effect later: each hour those who
 * have a number now are looked at again.
 */
export function settleStandings(parts: StandingParts): Schedule {
  return {
    name: 'settle-standings',
    due: (last, now) => {
      const hour = now.toISOString().slice(0, 13);
      return last === hour ? undefined : hour;
    },
    run: async (ctx) => {
      let page = await parts.standings.unsettled(ctx.db, { after: NOBODY, limit: CHUNK });
      for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
        await parts.moves.lockPersons(ctx.db, page);
        await followStandings(parts, [...(await parts.standings.of(ctx.db, page))].map(([personKey, standing]) => ({ ctx, personKey, standing })));
        page = await parts.standings.unsettled(ctx.db, { after: last, limit: CHUNK });
      }
      if ((await parts.standings.codesToFollow(ctx.db, 1)).length > 0) await queueJob(ctx, FOLLOW_CODES_JOB, {});
    },
  };
}
