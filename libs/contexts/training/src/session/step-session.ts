import { z, type ZodType } from 'zod';
import { trainingProblems } from '#contracts/training';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase, type UseCaseSpec } from '#platform';
import type { CourseStore } from '../course/course.store.js';
import { oneLine } from '../course/course-view.js';
import type { SessionStep } from './session.js';
import type { SessionSteps } from './session-steps.js';
import { bySession, sessionView, sessionViewOf } from './session-view.js';
import type { SessionRecord, SessionStore } from './session.store.js';

/** What a step takes down beside the state. */
type StepInput = ZodType<{ sessionId: string } & Partial<SessionRecord>>;
type StepSpec = UseCaseSpec<'command', StepInput, typeof sessionView>;
type Code = keyof typeof trainingProblems.definitions;

function stepSpec<I extends StepInput>(verb: string, summary: string, input: I, ...codes: readonly Code[]): UseCaseSpec<'command', I, typeof sessionView> {
  return useCase({
    action: `training.session.${verb}`, kind: 'command', summary, input, output: sessionView,
    refusals: [...refusals(trainingProblems, 'NOT_IN_STATE', ...codes), ...refusals(platformProblems, 'NOT_FOUND')],
  });
}

const reason = oneLine(200);
const successorId = z.uuid().describe('session of the same course whose window has not opened: its places are offered first to those who lost theirs');

const SPECS = {
  PUBLISH: stepSpec('publish', 'Publishes a session with its dates; its window opens by the clock', bySession, 'COURSE_NOT_PUBLISHED', 'WINDOW_INVALID'),
  CONFIRM: stepSpec('confirm', 'Says that a session of first come, first served will be held', bySession),
  HOLD: stepSpec('hold', 'Notes that a session was held', bySession, 'NOT_STARTED_YET'),
  REPORT: stepSpec('report', 'Files the report of a session', bySession.extend({ reportRef: oneLine(60) })),
  CANCEL: stepSpec('cancel', 'Cancels a session', bySession.extend({ reason, successorId: successorId.nullable().default(null) }), 'SUCCESSOR_NOT_OPEN'),
  POSTPONE: stepSpec('postpone', 'Postpones a confirmed session to its successor', bySession.extend({ reason, successorId }), 'SUCCESSOR_NOT_OPEN'),
} as const satisfies Partial<Readonly<Record<SessionStep, StepSpec>>>;

export interface StepSessionParts {
  readonly courses: CourseStore;
  readonly sessions: SessionStore;
  readonly steps: SessionSteps;
}

/** A step that a planner, lecturer or the office takes (TRN-3.2). */
export class StepSession implements UseCase<StepSpec> {
  readonly spec: StepSpec;

  constructor(
    private readonly parts: StepSessionParts,
    private readonly step: keyof typeof SPECS,
  ) {
    this.spec = SPECS[step];
  }

  async execute(ctx: Ctx, { sessionId, ...taken }: InputOf<StepSpec>): Promise<OutputOf<StepSpec>> {
    const held = await this.parts.steps.held(ctx, sessionId);
    if (this.step === 'PUBLISH') await this.requirePublishedCourse(ctx, held);
    if (typeof taken.successorId === 'string') await this.requireSuccessor(ctx, held, taken.successorId);
    return sessionViewOf(await this.parts.steps.take(ctx, held, this.step, taken));
  }

  /** Locked: nobody closes it meanwhile. */
  private async requirePublishedCourse(ctx: Ctx, held: SessionRecord): Promise<void> {
    const course = found(await this.parts.courses.lock(ctx.db, held.courseId));
    if (course.state !== 'PUBLISHED') throw trainingProblems.refuse('COURSE_NOT_PUBLISHED', { facts: { state: course.state } });
  }

  /** Locked too: nobody opens its window while those who come first are put there. */
  private async requireSuccessor(ctx: Ctx, held: SessionRecord, successorId: string): Promise<void> {
    const successor = await this.parts.sessions.lock(ctx.db, successorId);
    const isOpenLater = successor?.state === 'PUBLISHED' && successor.windowOpensAt > ctx.now;
    if (successor?.courseId !== held.courseId || successor.id === held.id || !isOpenLater) throw trainingProblems.refuse('SUCCESSOR_NOT_OPEN');
  }
}
