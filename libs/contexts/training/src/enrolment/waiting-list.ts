import { trainingProblems, type SessionState } from '#contracts/training';
import type { Ctx } from '#platform';
import type { SessionRecord } from '../session/session.store.js';
import { holdsPlace, offerHeldUntil, type EnrolmentStep } from './enrolment.js';
import { isTaken, type EnrolmentRecord, type EnrolmentStore } from './enrolment.store.js';
import type { Enrolments } from './enrolments.js';
import type { PlaceStore } from './place.store.js';
import { orUndone } from './savepoint.js';

/** Sessions whose free places go to those who wait. */
const OFFERING: readonly SessionState[] = ['PUBLISHED', 'ACCEPTING', 'FULL', 'CLOSED', 'SELECTING', 'CONFIRMED'];

export interface PlaceParts {
  readonly store: EnrolmentStore;
  readonly places: PlaceStore;
  readonly enrolments: Enrolments;
}

/** Who leaves a place or the waiting list, and who comes next: in one transaction, so that no place is seen free while somebody waits for it (TRN-4.4). */
export class WaitingList {
  constructor(private readonly parts: PlaceParts) {}

  /** They leave by the step, their places go on. */
  async leave(ctx: Ctx, session: SessionRecord, step: EnrolmentStep, leaving: readonly EnrolmentRecord[]): Promise<void> {
    await this.withdraw(ctx, session, step, leaving);
    await this.promote(ctx, session);
  }

  /** They leave by the step; nobody comes yet. Refuses NOT_IN_STATE. */
  async withdraw(ctx: Ctx, session: SessionRecord, step: EnrolmentStep, leaving: readonly EnrolmentRecord[]): Promise<void> {
    const { store, places, enrolments } = this.parts;
    await enrolments.take(ctx, session, { step, enrolments: leaving });
    await places.giveBack(ctx.db, session.id, leaving.filter(({ state }) => holdsPlace(state)).map(({ bodyCode }) => bodyCode));
    await places.leaveQueue(ctx.db, session.id, leaving.filter(({ state }) => state === 'WAITLISTED').length);
    for (const { applicationId, applicationSize } of leaving) if (applicationSize > 1) await store.shrink(ctx.db, applicationId);
  }

  /** Offers what is free in the order of the waiting list, to those whom it fits. */
  async promote(ctx: Ctx, session: SessionRecord): Promise<void> {
    const heldUntil = offerHeldUntil(ctx.now, session.startsAt);
    if (heldUntil === undefined || !OFFERING.includes(session.state)) return;
    for (;;) {
      const next = await this.parts.store.nextInLine(ctx.db, session.id);
      if (next === undefined) return;
      // Another session of the seminar may admit the person at this moment; the next look knows.
      await orUndone(ctx.db, takenFault, () => this.move(ctx, session, { step: 'OFFER', applicationId: next.applicationId, heldUntil }));
    }
  }

  /** Moves a waiting application to its place. Refuses BODY_QUOTA_FULL, NOT_IN_STATE, SESSION_FULL; throws what `isTaken` tells. */
  async move(ctx: Ctx, session: SessionRecord, to: { readonly step: 'OFFER' | 'ADMIT_BY_PHONE'; readonly applicationId: string; readonly heldUntil?: Date }): Promise<EnrolmentRecord[]> {
    const { store, places, enrolments } = this.parts;
    const members = await store.waitingOf(ctx.db, to.applicationId);
    const [first] = members;
    if (first === undefined) throw trainingProblems.refuse('NOT_IN_STATE');
    if (!(await places.takeOfSession(ctx.db, session.id, members.length))) throw trainingProblems.refuse('SESSION_FULL');
    if (!(await places.takeOfBody(ctx.db, first, members.length, session.bodyQuota))) throw trainingProblems.refuse('BODY_QUOTA_FULL');
    await places.leaveQueue(ctx.db, session.id, members.length);
    return enrolments.take(ctx, session, { step: to.step, enrolments: members }, to.heldUntil === undefined ? {} : { heldUntil: to.heldUntil });
  }
}

export function takenFault(error: unknown): 'ALREADY_ACTIVE' | undefined {
  return isTaken(error) ? 'ALREADY_ACTIVE' : undefined;
}
