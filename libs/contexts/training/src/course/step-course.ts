import { trainingProblems } from '#contracts/training';
import { found, officerOf, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase, type UseCaseSpec } from '#platform';
import type { SessionStore } from '../session/session.store.js';
import { stepCourse, type CourseStep } from './course.js';
import { byCourse, courseView, courseViewOf, requireNamed } from './course-view.js';
import type { CourseStore } from './course.store.js';

type StepSpec = UseCaseSpec<'command', typeof byCourse, typeof courseView>;

function stepSpec(verb: string, summary: string, ...codes: readonly ('OPERATOR_NOT_ASSERTED' | 'SAME_OFFICER' | 'SESSIONS_OPEN')[]): StepSpec {
  return useCase({
    action: `training.course.${verb}`, kind: 'command', summary, input: byCourse, output: courseView,
    refusals: [...refusals(trainingProblems, 'NOT_IN_STATE', ...codes), ...refusals(platformProblems, 'NOT_FOUND')],
  });
}

const SPECS: Readonly<Record<CourseStep, StepSpec>> = {
  REVIEW: stepSpec('review', 'Finds a draft in order; another officer than the drafter does', 'OPERATOR_NOT_ASSERTED', 'SAME_OFFICER'),
  RETURN: stepSpec('return', 'Gives a reviewed course back as a draft'),
  PUBLISH: stepSpec('publish', 'Publishes a course: it is in the catalogue, and its sessions can be published'),
  CLOSE: stepSpec('close', 'Closes a course none of whose sessions is to be held any more', 'SESSIONS_OPEN'),
  ARCHIVE: stepSpec('archive', 'Archives a closed course'),
};

/** A step in the life of a course (TRN-3.1). */
export class StepCourse implements UseCase<StepSpec> {
  readonly spec: StepSpec;

  constructor(
    private readonly parts: { readonly courses: CourseStore; readonly sessions: SessionStore },
    private readonly step: CourseStep,
  ) {
    this.spec = SPECS[step];
  }

  async execute(ctx: Ctx, { courseId }: InputOf<StepSpec>): Promise<OutputOf<StepSpec>> {
    if (this.step === 'REVIEW') requireNamed(ctx);
    const held = found(await this.parts.courses.lock(ctx.db, courseId));
    const outcome = stepCourse(held, this.step, officerOf(ctx));
    if ('refusal' in outcome) throw trainingProblems.refuse(outcome.refusal, { facts: { state: held.state } });
    // Whoever publishes a session locks the course as well.
    if (this.step === 'CLOSE' && (await this.parts.sessions.isAnyOpen(ctx.db, courseId))) throw trainingProblems.refuse('SESSIONS_OPEN');
    const course = { ...held, state: outcome.state };
    await this.parts.courses.save(ctx.db, course, ctx.now);
    ctx.audit({ object: `course:${courseId}`, facts: { step: this.step, from: held.state, to: course.state } });
    return courseViewOf({ ...course, version: held.version + 1 });
  }
}
