import {
  enrolmentAdmitted, enrolmentAttended, enrolmentCompleted, enrolmentEnded, enrolmentFailed, enrolmentOffered, enrolmentPostponed, enrolmentSubmitted, enrolmentWaitlisted,
  trainingProblems, type EnrolmentState,
} from '#contracts/training';
import type { Ctx } from '#platform';
import type { LearnerMessage } from '../message/message.js';
import type { MessageStore } from '../message/message.store.js';
import type { SessionRecord } from '../session/session.store.js';
import { stepEnrolment, type EnrolmentStep } from './enrolment.js';
import type { EnrolmentRecord, EnrolmentStore } from './enrolment.store.js';

type Told = typeof enrolmentEnded;

/** A certificate tells of itself. */
const TOLD: Readonly<Record<Exclude<EnrolmentState, 'CERTIFIED'>, Told>> = {
  SUBMITTED: enrolmentSubmitted, WAITLISTED: enrolmentWaitlisted, OFFERED: enrolmentOffered, ADMITTED: enrolmentAdmitted, ATTENDING: enrolmentAttended, COMPLETED: enrolmentCompleted,
  INCOMPLETE: enrolmentFailed, ABSENT: enrolmentFailed, POSTPONED: enrolmentPostponed, REJECTED: enrolmentEnded, WITHDRAWN: enrolmentEnded, DECLINED: enrolmentEnded,
  OFFER_LAPSED: enrolmentEnded, EXPIRED: enrolmentEnded, SUBSTITUTED: enrolmentEnded, REMOVED: enrolmentEnded,
};

/** States that somebody else brought about: the learner is written to (TRN-4.13). */
const WRITTEN: Partial<Readonly<Record<EnrolmentState, LearnerMessage>>> = {
  ADMITTED: 'ADMITTED', WAITLISTED: 'WAITLISTED', OFFERED: 'OFFERED', REJECTED: 'REJECTED', OFFER_LAPSED: 'OFFER_LAPSED', EXPIRED: 'EXPIRED', REMOVED: 'REMOVED', POSTPONED: 'POSTPONED',
};

/** What a step takes down beside the state. */
export interface Taken {
  readonly heldUntil?: Date;
  /** The first number of those that go on the waiting list, in their order, and how many wait before them. */
  readonly queued?: { readonly first: number; readonly before: number };
}

/** The states of enrolments with what hangs on them: event, audit line and letter in the caller's transaction, which holds the session's lock. Places are not touched here. */
export class Enrolments {
  constructor(
    private readonly store: EnrolmentStore,
    private readonly messages: MessageStore,
  ) {}

  /** Throws what `isTaken` tells. `waitingBefore`: how many wait before the first of them. */
  async enter(ctx: Ctx, session: SessionRecord, entering: readonly EnrolmentRecord[], waitingBefore = 0): Promise<void> {
    await this.store.add(ctx.db, entering);
    for (const [index, enrolment] of entering.entries()) await this.tell(ctx, session, enrolment, waitingBefore + index + 1);
  }

  /** Refuses NOT_IN_STATE where one of them cannot; throws what `isTaken` tells. */
  async take(ctx: Ctx, session: SessionRecord, of: { readonly step: EnrolmentStep; readonly enrolments: readonly EnrolmentRecord[] }, taken: Taken = {}): Promise<EnrolmentRecord[]> {
    const { queued } = taken;
    const after = of.enrolments.map((held, index): EnrolmentRecord => {
      const state = stepEnrolment(held.state, of.step);
      if (state === undefined) throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state: held.state } });
      const waitingNo = queued === undefined ? held.waitingNo : queued.first + index;
      const postponedFrom = of.step === 'POSTPONE' ? held.state : held.postponedFrom;
      return { ...held, state, waitingNo, postponedFrom, heldUntil: taken.heldUntil ?? null, told: held.told + (state === 'CERTIFIED' || state === held.state ? 0 : 1) };
    });
    if (after.length > 0) await this.store.save(ctx.db, after, ctx.now);
    for (const [index, enrolment] of after.entries()) {
      if (enrolment.state !== of.enrolments[index]?.state) await this.tell(ctx, session, enrolment, (queued?.before ?? 0) + index + 1);
    }
    return after;
  }

  private async tell(ctx: Ctx, session: SessionRecord, enrolment: EnrolmentRecord, waitingRank: number): Promise<void> {
    const { id: enrolmentId, sessionId, bodyCode, state, heldUntil, told } = enrolment;
    ctx.audit({ object: `enrolment:${enrolmentId}`, facts: { to: state } });
    if (state !== 'CERTIFIED') {
      const held = heldUntil === null ? {} : { heldUntil: heldUntil.toISOString() };
      ctx.emit(TOLD[state], { aggregateId: enrolmentId, sequence: told, data: { enrolmentId, sessionId, bodyCode, state, ...held, at: ctx.now.toISOString() } });
    }
    const kind = state === 'POSTPONED' && session.state === 'CANCELLED' ? 'CANCELLED' : WRITTEN[state];
    if (kind === undefined) return;
    const { nameKanji, mail } = this.store.learnerOf(enrolment);
    await this.messages.addForLearner(ctx.db, {
      kind, bodyCode, reference: enrolmentId, sessionId, address: mail,
      news: {
        learnerName: nameKanji, courseTitle: session.courseTitle, sessionNumber: session.number, venue: session.venue, startsAt: session.startsAt.toISOString(),
        answerBy: heldUntil?.toISOString(), waitingRank: state === 'WAITLISTED' ? waitingRank : undefined,
      },
    }, ctx.now);
  }
}
