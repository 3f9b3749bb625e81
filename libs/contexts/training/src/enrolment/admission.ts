import { trainingProblems } from '#contracts/training';
import { Refusal } from '#kernel';
import { uuidv7, type Ctx } from '#platform';
import type { SessionRecord } from '../session/session.store.js';
import type { EnrolmentRecord, Learner } from './enrolment.store.js';
import { orUndone } from './savepoint.js';
import { takenFault, type PlaceParts } from './waiting-list.js';

/** People of one body who come together or not at all; mostly one. */
export interface Application {
  readonly bodyCode: string;
  readonly learners: readonly (Learner & { readonly rank: number })[];
}

export type AdmissionFault = 'ALREADY_ACTIVE' | 'BODY_QUOTA_FULL';

/** An enrolment with how many wait before it, if it waits. */
export interface Entered {
  readonly enrolment: EnrolmentRecord;
  readonly waitingRank: number | undefined;
}

/**
 * TRN-4.4: the caller holds the session's lock; then the session's counter, the body's, and the unique index of persons, always in this order. What does
 * not find a place waits, unless its body has no place left either.
 */
export class Admission {
  constructor(private readonly parts: PlaceParts) {}

  /** Admitted or waiting where the first come, submitted where there is a selection; otherwise nothing of it. */
  async enter(ctx: Ctx, session: SessionRecord, application: Application): Promise<Entered[] | AdmissionFault> {
    if (application.learners.length > session.bodyQuota) return 'BODY_QUOTA_FULL';
    return orUndone(ctx.db, admissionFault, () => (session.selection === 'FCFS' ? this.comeFirst(ctx, session, application) : this.submit(ctx, session, application)));
  }

  private async comeFirst(ctx: Ctx, session: SessionRecord, application: Application): Promise<Entered[]> {
    const { enrolments, places } = this.parts;
    const size = application.learners.length;
    const place = { sessionId: session.id, bodyCode: application.bodyCode };
    const isPlaced = await places.takeOfSession(ctx.db, session.id, size);
    const isWithinQuota = await (isPlaced ? places.takeOfBody(ctx.db, place, size, session.bodyQuota) : places.hasRoomOfBody(ctx.db, place, size, session.bodyQuota));
    if (!isWithinQuota) throw trainingProblems.refuse('BODY_QUOTA_FULL');
    if (isPlaced) {
      const admitted = this.records(ctx, session, application, 'ADMITTED');
      await enrolments.enter(ctx, session, admitted);
      return admitted.map((enrolment) => ({ enrolment, waitingRank: undefined }));
    }
    const { first, waiting } = await places.queue(ctx.db, session.id, size);
    const queued = this.records(ctx, session, application, 'WAITLISTED').map((one, index) => ({ ...one, waitingNo: first + index }));
    await enrolments.enter(ctx, session, queued, waiting - size);
    return queued.map((enrolment, index) => ({ enrolment, waitingRank: waiting - size + index + 1 }));
  }

  private async submit(ctx: Ctx, session: SessionRecord, application: Application): Promise<Entered[]> {
    const submitted = this.records(ctx, session, application, 'SUBMITTED');
    await this.parts.enrolments.enter(ctx, session, submitted);
    return submitted.map((enrolment) => ({ enrolment, waitingRank: undefined }));
  }

  private records(ctx: Ctx, session: SessionRecord, { bodyCode, learners }: Application, state: 'ADMITTED' | 'WAITLISTED' | 'SUBMITTED'): EnrolmentRecord[] {
    const applicationId = uuidv7();
    return learners.map(({ rank, ...learner }) => enrolmentOf(ctx, this.parts.store, { session, bodyCode, learner, rank, state, applicationId, applicationSize: learners.length }));
  }
}

interface NewEnrolment extends Pick<EnrolmentRecord, 'bodyCode' | 'rank' | 'state' | 'applicationId' | 'applicationSize'> {
  readonly session: Pick<SessionRecord, 'id' | 'courseId'>;
  readonly learner: Learner;
}

/** An enrolment that begins now. */
export function enrolmentOf(ctx: Pick<Ctx, 'now'>, store: PlaceParts['store'], { session, learner, ...rest }: NewEnrolment): EnrolmentRecord {
  return {
    ...rest, id: uuidv7(), sessionId: session.id, courseId: session.courseId, person: store.personOf(rest.bodyCode, learner.staffNo), learner: store.seal(learner),
    waitingNo: null, heldUntil: null, follows: null, postponedFrom: null, questionnaireAt: null, testPassedAt: null, told: 1, appliedAt: ctx.now,
  };
}

function admissionFault(error: unknown): AdmissionFault | undefined {
  return error instanceof Refusal && error.code === 'BODY_QUOTA_FULL' ? 'BODY_QUOTA_FULL' : takenFault(error);
}
