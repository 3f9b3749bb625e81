import { uuidv7, type Ctx } from '#platform';
import type { SessionStep } from '../session/session.js';
import type { SessionRecord, SessionStore } from '../session/session.store.js';
import type { SessionFollower } from '../session/session-steps.js';
import { LIVE_STATES, offerHeldUntil } from './enrolment.js';
import type { EnrolmentRecord } from './enrolment.store.js';
import { orUndone } from './savepoint.js';
import { takenFault, type PlaceParts, type WaitingList } from './waiting-list.js';

/**
 * What the life of a session does to its people: of one that is cancelled everybody is POSTPONED, and offered the next session in rank order before
 * it is opened to others (TRN-4.13, 7).
 */
export class EnrolmentFollower implements SessionFollower {
  constructor(
    private readonly parts: PlaceParts & { readonly sessions: SessionStore },
    private readonly waitingList: WaitingList,
  ) {}

  async stepped(ctx: Ctx, session: SessionRecord, step: SessionStep): Promise<void> {
    if (step === 'PUBLISH') return this.placePostponed(ctx, session);
    if (step !== 'CANCEL' && step !== 'POSTPONE') return;
    await this.waitingList.withdraw(ctx, session, 'POSTPONE', await this.parts.store.ofSession(ctx.db, session.id, LIVE_STATES));
    const successor = await this.successorOf(ctx, session);
    if (successor !== undefined) await this.placePostponed(ctx, successor);
  }

  /** The one that was named, else the next of the course whose window has not opened; locked. */
  private async successorOf(ctx: Ctx, session: SessionRecord): Promise<SessionRecord | undefined> {
    if (session.successorId !== null) return this.parts.sessions.lock(ctx.db, session.successorId);
    const sessions = await this.parts.sessions.list(ctx.db, { fiscalYear: undefined, courseId: session.courseId, state: 'PUBLISHED', isPublic: true }, 1_000);
    const next = sessions.find(({ windowOpensAt }) => windowOpensAt > ctx.now);
    const locked = next === undefined ? undefined : await this.parts.sessions.lock(ctx.db, next.id);
    return locked?.state === 'PUBLISHED' ? locked : undefined;
  }

  /** In the order of the session that they lost: those with places, then those who waited. Who has another place of the seminar by now needs none. */
  private async placePostponed(ctx: Ctx, session: SessionRecord): Promise<void> {
    for (const postponed of await this.parts.store.postponedFor(ctx.db, session)) await orUndone(ctx.db, takenFault, () => this.place(ctx, session, postponed));
  }

  /** Offered or waiting; what was never selected takes part in the selection of the successor, if it has one. */
  private async place(ctx: Ctx, session: SessionRecord, postponed: EnrolmentRecord): Promise<void> {
    const { enrolments, places } = this.parts;
    const fresh: EnrolmentRecord = {
      ...postponed, id: uuidv7(), sessionId: session.id, applicationId: uuidv7(), applicationSize: 1, state: 'SUBMITTED', waitingNo: null, heldUntil: null,
      follows: postponed.id, postponedFrom: null, told: 1, appliedAt: ctx.now,
    };
    if (postponed.postponedFrom === 'SUBMITTED' && session.selection !== 'FCFS') return enrolments.enter(ctx, session, [fresh]);
    const heldUntil = offerHeldUntil(ctx.now, session.startsAt);
    if (heldUntil !== undefined && (await this.hasPlace(ctx, session, postponed))) return enrolments.enter(ctx, session, [{ ...fresh, state: 'OFFERED', heldUntil }]);
    const { first, waiting } = await places.queue(ctx.db, session.id, 1);
    return enrolments.enter(ctx, session, [{ ...fresh, state: 'WAITLISTED', waitingNo: first }], waiting - 1);
  }

  private async hasPlace(ctx: Ctx, session: SessionRecord, { bodyCode }: EnrolmentRecord): Promise<boolean> {
    const { places } = this.parts;
    const place = { sessionId: session.id, bodyCode };
    if (!(await places.hasRoomOfBody(ctx.db, place, 1, session.bodyQuota)) || !(await places.takeOfSession(ctx.db, session.id, 1))) return false;
    return places.takeOfBody(ctx.db, place, 1, session.bodyQuota);
  }
}
