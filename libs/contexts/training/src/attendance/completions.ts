import type { Ctx } from '#platform';
import type { CourseStore } from '../course/course.store.js';
import type { EnrolmentDesk } from '../enrolment/enrolment-desk.js';
import type { EnrolmentRecord } from '../enrolment/enrolment.store.js';
import type { SessionRecord } from '../session/session.store.js';
import { completionOf } from './attendance.js';
import type { AttendanceStore } from './attendance.store.js';

export interface CompletionParts {
  readonly desk: EnrolmentDesk;
  readonly attendance: AttendanceStore;
  readonly courses: CourseStore;
}

/** How many ended in which way; `open` still lack a questionnaire or a test. */
export interface Closing {
  readonly completed: number;
  readonly incomplete: number;
  readonly absent: number;
  readonly open: number;
}

/** Who has completed a classroom course (TRN-4.5). The caller holds the session's lock. */
export class Completions {
  constructor(readonly parts: CompletionParts) {}

  /** Everybody of a session that was held. `isFinal`: what is open ends as incomplete. */
  async close(ctx: Ctx, session: SessionRecord, isFinal: boolean): Promise<Closing> {
    const { desk } = this.parts;
    const [admitted, attending] = [await desk.parts.store.ofSession(ctx.db, session.id, ['ADMITTED']), await desk.parts.store.ofSession(ctx.db, session.id, ['ATTENDING'])];
    const judged = await this.judge(ctx, session, attending);
    const completed = judged.filter(({ completion }) => completion === 'COMPLETE').map(({ enrolment }) => enrolment);
    const incomplete = judged.filter(({ completion }) => completion === 'FAIL' || (isFinal && completion === 'OPEN')).map(({ enrolment }) => enrolment);
    await desk.parts.waitingList.withdraw(ctx, session, 'MISS', admitted);
    await desk.parts.waitingList.withdraw(ctx, session, 'COMPLETE', completed);
    await desk.parts.waitingList.withdraw(ctx, session, 'FAIL', incomplete);
    return { completed: completed.length, incomplete: incomplete.length, absent: admitted.length, open: attending.length - completed.length - incomplete.length };
  }

  /** One whose last evidence has come. */
  async completeIfDone(ctx: Ctx, session: SessionRecord, enrolment: EnrolmentRecord): Promise<void> {
    const [judged] = await this.judge(ctx, session, [enrolment]);
    if (judged?.completion === 'COMPLETE') await this.parts.desk.parts.waitingList.withdraw(ctx, session, 'COMPLETE', [enrolment]);
  }

  private async judge(ctx: Ctx, session: SessionRecord, attending: readonly EnrolmentRecord[]) {
    const minutes = await this.parts.attendance.minutesOf(ctx.db, session.id);
    const course = await this.parts.courses.find(ctx.db, session.courseId);
    const hasTest = course?.completionRule === 'ATTENDANCE_80_TEST';
    return attending.map((enrolment) => {
      const test = !hasTest ? 'NONE' : enrolment.testPassedAt === null ? 'OPEN' : 'PASSED';
      const completion = completionOf({ attended: minutes.get(enrolment.id) ?? 0, planned: session.plannedMinutes, hasAnsweredQuestionnaire: enrolment.questionnaireAt !== null, test });
      return { enrolment, completion };
    });
  }
}
