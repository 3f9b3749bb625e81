import {
  sessionAccepting, sessionCancelled, sessionConfirmed, sessionFull, sessionHeld, sessionPostponed, sessionPublished, sessionSelected, trainingProblems,
} from '#contracts/training';
import { found, type Ctx, type Db } from '#platform';
import { placesOf, stepSession, type SessionStep } from './session.js';
import type { SessionRecord, SessionStore } from './session.store.js';

const TOLD: Partial<Readonly<Record<SessionStep, readonly (typeof sessionHeld)[]>>> = {
  PUBLISH: [sessionPublished], OPEN: [sessionAccepting], FILL: [sessionFull], REOPEN: [sessionAccepting], SELECT: [sessionSelected, sessionConfirmed],
  CONFIRM: [sessionConfirmed], HOLD: [sessionHeld], CANCEL: [sessionCancelled], POSTPONE: [sessionPostponed],
};

/** What keeps the places of sessions. Called in the transaction of the step or change, with the session locked. */
export interface SessionPlaces {
  /** Places that are taken now. */
  taken(db: Db, sessionId: string): Promise<number>;
  /** At publishing, and whenever places or body quota change: `session` says the new ones. `removals`: enrolments that give up theirs. Refuses BELOW_TAKEN. */
  resize(ctx: Ctx, session: SessionRecord, removals: readonly string[]): Promise<void>;
}

/** What else hangs on the life of sessions. Called in the transaction of the step, with the session locked and saved. */
export interface SessionFollower {
  stepped(ctx: Ctx, session: SessionRecord, step: SessionStep): Promise<void>;
}

/** The steps of a session's life with what hangs on them: places, followers, events and audit line in the caller's transaction. */
export class SessionSteps {
  constructor(
    private readonly sessions: SessionStore,
    private readonly places: SessionPlaces,
    private readonly followers: readonly SessionFollower[],
  ) {}

  /** Locked until the transaction ends. Refuses NOT_FOUND. */
  async held(ctx: Ctx, sessionId: string): Promise<SessionRecord> {
    return found(await this.sessions.lock(ctx.db, sessionId));
  }

  /** Refuses what `stepSession` refuses. */
  async take(ctx: Ctx, held: SessionRecord, step: SessionStep, changes: Partial<SessionRecord> = {}): Promise<SessionRecord> {
    const outcome = stepSession(held, step, ctx.now);
    if ('refusal' in outcome) throw trainingProblems.refuse(outcome.refusal, { facts: { state: held.state } });
    const events = TOLD[step] ?? [];
    const publishedAt = step === 'PUBLISH' ? ctx.now : held.publishedAt;
    const session: SessionRecord = { ...held, ...changes, state: outcome.state, publishedAt, told: held.told + events.length, version: held.version + 1 };
    await this.sessions.save(ctx.db, session, ctx.now);
    if (step === 'PUBLISH') await this.places.resize(ctx, session, []);
    for (const follower of this.followers) await follower.stepped(ctx, session, step);
    ctx.audit({ object: `session:${session.id}`, facts: { step, from: held.state, to: session.state } });
    for (const [index, event] of events.entries()) ctx.emit(event, { aggregateId: session.id, sequence: held.told + index + 1, data: await this.factOf(ctx, session) });
    return session;
  }

  private async factOf(ctx: Ctx, session: SessionRecord) {
    const { id: sessionId, courseCode, series, state, successorId } = session;
    const taken = await this.places.taken(ctx.db, sessionId);
    return { sessionId, courseCode, series, capacity: placesOf(session), taken, state, ...(successorId === null ? {} : { successorId }), at: ctx.now.toISOString() };
  }
}
