import { trainingProblems } from '#contracts/training';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase, type UseCaseSpec } from '#platform';
import type { SessionRecord } from '../session/session.store.js';
import type { EnrolmentDesk } from './enrolment-desk.js';
import type { EnrolmentRecord } from './enrolment.store.js';
import { byEnrolment, enrolmentView, enrolmentViewOf } from './enrolment-view.js';

type Code = keyof typeof trainingProblems.definitions;
type StepSpec = UseCaseSpec<'command', typeof byEnrolment, typeof enrolmentView>;

function stepSpec(verb: string, summary: string, ...codes: readonly Code[]): StepSpec {
  return useCase({
    action: `training.enrolment.${verb}`, kind: 'command', summary, input: byEnrolment, output: enrolmentView,
    refusals: [...refusals(trainingProblems, 'NOT_IN_STATE', ...codes), ...refusals(platformProblems, 'NOT_FOUND')],
  });
}

const SPECS = {
  ACCEPT: stepSpec('accept', 'Takes an offered place; a repetition has the same answer', 'OFFER_LAPSED'),
  DECLINE: stepSpec('decline', 'Gives a place or an offer up; it goes to who waits next', 'TOO_LATE'),
  WITHDRAW: stepSpec('withdraw', 'Takes an application back that has no place yet'),
  ADMIT_BY_PHONE: stepSpec('admit-by-phone', 'Admits one who waits after a call, when it is too late for offers; a group at once', 'ALREADY_ACTIVE', 'BODY_QUOTA_FULL', 'SESSION_FULL', 'TOO_LATE'),
} as const;

type Step = keyof typeof SPECS;

/** A step that a body takes for its learner, or the office for it (TRN-3.3). */
export class StepEnrolment implements UseCase<StepSpec> {
  readonly spec: StepSpec;

  constructor(
    private readonly desk: EnrolmentDesk,
    private readonly step: Step,
  ) {
    this.spec = SPECS[step];
  }

  async execute(ctx: Ctx, { enrolmentId }: InputOf<StepSpec>): Promise<OutputOf<StepSpec>> {
    const { enrolment, session } = await this.desk.held(ctx, enrolmentId);
    await this.take(ctx, session, enrolment);
    const after = (await this.desk.parts.store.find(ctx.db, enrolmentId)) ?? enrolment;
    return enrolmentViewOf(after);
  }

  private async take(ctx: Ctx, session: SessionRecord, enrolment: EnrolmentRecord): Promise<void> {
    switch (this.step) {
      case 'ACCEPT':
        return this.accept(ctx, session, enrolment);
      case 'ADMIT_BY_PHONE':
        return this.admitByPhone(ctx, session, enrolment);
      case 'DECLINE':
        if (ctx.now >= session.startsAt) throw trainingProblems.refuse('TOO_LATE');
        return this.leave(ctx, session, enrolment);
      case 'WITHDRAW':
        return this.leave(ctx, session, enrolment);
    }
  }

  /** An offer that has lapsed is not taken up, whether or not the clock has come by (TRN-7). */
  private async accept(ctx: Ctx, session: SessionRecord, enrolment: EnrolmentRecord): Promise<void> {
    if (enrolment.state === 'ADMITTED') return;
    const hasLapsed = enrolment.state === 'OFFER_LAPSED' || (enrolment.heldUntil !== null && enrolment.heldUntil <= ctx.now);
    if (hasLapsed) throw trainingProblems.refuse('OFFER_LAPSED');
    await this.desk.parts.enrolments.take(ctx, session, { step: 'ACCEPT', enrolments: [enrolment] });
  }

  private async admitByPhone(ctx: Ctx, session: SessionRecord, { applicationId, state }: EnrolmentRecord): Promise<void> {
    if (state !== 'WAITLISTED') throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state } });
    if (ctx.now >= session.startsAt) throw trainingProblems.refuse('TOO_LATE');
    await this.desk.parts.waitingList.move(ctx, session, { step: 'ADMIT_BY_PHONE', applicationId });
    await this.desk.settle(ctx, session);
  }

  private async leave(ctx: Ctx, session: SessionRecord, enrolment: EnrolmentRecord): Promise<void> {
    await this.desk.parts.waitingList.leave(ctx, session, this.step, [enrolment]);
    await this.desk.settle(ctx, session);
  }
}
