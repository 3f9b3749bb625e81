import { whenAnswered, type Ctx, type Schedule } from '#platform';
import { endsLink } from '../assignment/lifecycle.js';
import type { LinkStore } from '../link/link.store.js';
import type { ResidentRegister } from '../register/resident-register.js';
import { settleStanding, type StandingParts } from './follow-person.js';

const CHUNK = 200;
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Occasions every so many seconds; missed ones are not made up for, since each looks at all that waits. */
function every(seconds: number): Schedule['due'] {
  return (last, now) => {
    const at = now.getTime();
    const occasion = new Date(at - (at % (seconds * 1_000))).toISOString();
    return last !== undefined && last >= occasion ? undefined : occasion;
  };
}

/**
 * News that came while the number was still a candidate, in dispute, or being drawn have their effect later: each hour those who
 * have a number now are looked at again.
 */
export function settleStandings(parts: StandingParts): Schedule {
  return {
    name: 'settle-standings',
    due: every(3_600),
    run: async (ctx) => {
      let page = await parts.standings.unsettled(ctx.db, { after: NOBODY, limit: CHUNK });
      for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
        for (const personKey of page) {
          await parts.moves.lockPerson(ctx.db, personKey);
          const standing = await parts.standings.find(ctx.db, personKey);
          if (standing !== undefined) await settleStanding(ctx, parts, personKey, standing);
        }
        page = await parts.standings.unsettled(ctx.db, { after: last, limit: CHUNK });
      }
    },
  };
}

/** The news of a changed code name no code: the register is asked for the present one, and the same number gets a row with it (NUM-3.4). */
export function followCodes(parts: StandingParts & { readonly links: LinkStore; readonly register: ResidentRegister }): Schedule {
  return {
    name: 'follow-codes',
    due: every(2),
    run: async (ctx) => {
      const due = await parts.standings.codesToFollow(ctx.db, CHUNK);
      if (due.length === 0) return;
      const codes = await whenAnswered(() => parts.register.codes(ctx, due.map(({ personKey }) => personKey)));
      if (codes === undefined) return;
      for (const { personKey, codeVersion } of due) {
        await changeCode(ctx, parts, personKey, codes.get(personKey));
        await parts.standings.setCodeFollowed(ctx.db, personKey, codeVersion);
      }
    },
  };
}

async function changeCode(ctx: Ctx, { moves, links }: StandingParts & { readonly links: LinkStore }, personKey: string, code: string | undefined): Promise<void> {
  const held = await moves.lockLatest(ctx.db, personKey);
  if (held === undefined || code === undefined || endsLink(held.state)) return;
  const { assignmentId } = held;
  const holder = await links.byCode(ctx.db, code);
  // The register gives a code once: if another's row is open with it, officers must look, and the others must not wait.
  const outcome = holder !== undefined && holder.personKey !== personKey ? 'CODE_HELD' : (await links.changeCode(ctx.db, held, code, ctx.now)) ? 'CODE_CHANGED' : 'CODE_KNOWN';
  ctx.audit({ object: `assignment:${assignmentId}`, subjects: [personKey], facts: { outcome } });
}
