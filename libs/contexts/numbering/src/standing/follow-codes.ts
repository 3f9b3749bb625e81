import { stillWaiting, whenAnswered, type Ctx, type Job, type JobKind, type StepOutcome } from '#platform';
import type { AssignmentMoveStore } from '../assignment/assignment-move.store.js';
import { endsLink } from '../assignment/lifecycle.js';
import type { LinkStore } from '../link/link.store.js';
import type { ResidentRegister } from '../register/resident-register.js';
import type { StandingStore } from './standing.store.js';

export const FOLLOW_CODES_JOB = 'numbering.follow-codes';
const CHUNK = 200;

/** People whose code has changed, each with the version of the change and the present code. */
type Prepared = readonly { readonly personKey: string; readonly codeVersion: number; readonly code: string | undefined }[] | undefined;

interface CodeParts {
  readonly standings: StandingStore;
  readonly moves: AssignmentMoveStore;
  readonly links: LinkStore;
  readonly register: ResidentRegister;
}

/** The news of a changed code name no code: the register is asked for the present one, and the same number gets a row with it (NUM-3.4). */
export class FollowCodes implements JobKind<Prepared> {
  readonly kind = FOLLOW_CODES_JOB;

  constructor(private readonly parts: CodeParts) {}

  async prepare(ctx: Ctx): Promise<Prepared> {
    const due = await this.parts.standings.codesToFollow(ctx.db, CHUNK);
    if (due.length === 0) return [];
    const codes = await whenAnswered(() => this.parts.register.codes(ctx, due.map(({ personKey }) => personKey)));
    return codes && due.map((person) => ({ ...person, code: codes.get(person.personKey) }));
  }

  async step(ctx: Ctx, job: Job, prepared: Prepared): Promise<StepOutcome> {
    if (prepared === undefined) return stillWaiting(job);
    for (const { personKey, codeVersion, code } of prepared) {
      await this.parts.moves.lockPerson(ctx.db, personKey);
      await changeCode(ctx, this.parts, personKey, code);
      await this.parts.standings.setCodeFollowed(ctx.db, personKey, codeVersion);
    }
    const done = job.done + prepared.length;
    return prepared.length === 0 ? { cursor: null, done, result: { followed: done } } : { cursor: { done }, done };
  }
}

async function changeCode(ctx: Ctx, { moves, links }: CodeParts, personKey: string, code: string | undefined): Promise<void> {
  const held = await moves.lockLatest(ctx.db, personKey);
  if (held === undefined || code === undefined || endsLink(held.state)) return;
  const { assignmentId } = held;
  const holder = await links.byCode(ctx.db, code);
  // The register gives a code once: if another's row is open with it, officers must look, and the others must not wait.
  const outcome = holder !== undefined && holder.personKey !== personKey ? 'CODE_HELD' : (await links.changeCode(ctx.db, held, code, ctx.now)) ? 'CODE_CHANGED' : 'CODE_KNOWN';
  ctx.audit({ object: `assignment:${assignmentId}`, subjects: [personKey], facts: { outcome } });
}
