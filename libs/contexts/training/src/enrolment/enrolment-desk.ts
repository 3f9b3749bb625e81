import { found, platformProblems, type Ctx } from '#platform';
import { bodyCodeOf } from '../body/body.js';
import type { SessionRecord } from '../session/session.store.js';
import type { SessionSteps } from '../session/session-steps.js';
import type { EnrolmentRecord } from './enrolment.store.js';
import type { PlaceParts, WaitingList } from './waiting-list.js';

export interface DeskParts extends PlaceParts {
  readonly steps: SessionSteps;
  readonly waitingList: WaitingList;
}

/** What the use cases about enrolments share: the locked session, who may see what, and a session that is full or is not any more. */
export class EnrolmentDesk {
  constructor(readonly parts: DeskParts) {}

  /** The enrolment with its session, which is locked until the transaction ends. Refuses NOT_FOUND, also where it is another body's (TRN-7). */
  async held(ctx: Ctx, enrolmentId: string): Promise<{ enrolment: EnrolmentRecord; session: SessionRecord }> {
    const { sessionId } = permittedEnrolment(ctx, await this.parts.store.find(ctx.db, enrolmentId));
    const session = await this.parts.steps.held(ctx, sessionId);
    return { enrolment: found(await this.parts.store.find(ctx.db, enrolmentId)), session };
  }

  /** A session of those who come first is FULL when its last place is taken, and accepts again when one is left over (TRN-3.2). */
  async settle(ctx: Ctx, session: SessionRecord): Promise<void> {
    if (session.selection !== 'FCFS' || (session.state !== 'ACCEPTING' && session.state !== 'FULL')) return;
    const counters = await this.parts.places.find(ctx.db, session.id);
    const isFull = counters !== undefined && counters.taken >= counters.capacity;
    if (isFull !== (session.state === 'FULL')) await this.parts.steps.take(ctx, session, isFull ? 'FILL' : 'REOPEN');
  }
}

/** The enrolment if there is one and it is of the caller's body, or the caller may see all; refuses NOT_FOUND. */
export function permittedEnrolment(ctx: Ctx, enrolment: EnrolmentRecord | undefined): EnrolmentRecord {
  const there = found(enrolment);
  if (ctx.permission.scope !== 'nation' && bodyCodeOf(ctx.actor) !== there.bodyCode) throw platformProblems.refuse('NOT_FOUND');
  return there;
}

/** The body whose enrolments the caller may see; undefined for all. */
export function visibleBody(ctx: Ctx): string | undefined {
  return ctx.permission.scope === 'nation' ? undefined : bodyCodeOf(ctx.actor);
}
