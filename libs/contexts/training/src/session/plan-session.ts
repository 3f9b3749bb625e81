import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { found, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { CourseStore } from '../course/course.store.js';
import { datesFault, defaultBodyQuota, defaultResultOn, type SessionDates } from './session.js';
import { sessionPlan, sessionView, sessionViewOf } from './session-view.js';
import type { SessionRecord, SessionStore } from './session.store.js';

const spec = useCase({
  action: 'training.session.plan',
  kind: 'command',
  summary: 'Plans a session of a seminar; an extra one is shown apart from the plan of the year',
  input: z.strictObject({
    courseId: z.uuid(), number: z.int().min(1).max(99), ...sessionPlan, labMachines: sessionPlan.labMachines.default(null), materials: sessionPlan.materials.default(null),
    bodyQuota: sessionPlan.bodyQuota.optional(), resultOn: sessionPlan.resultOn.optional(), plannedMinutes: sessionPlan.plannedMinutes.optional(), isExtra: z.boolean().default(false),
  }),
  output: sessionView,
  refusals: [...refusals(trainingProblems, 'COURSE_KIND', 'SESSION_NUMBER_TAKEN', 'WINDOW_INVALID'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** TRN-3.2, 5. */
export class PlanSession implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly courses: CourseStore,
    private readonly sessions: SessionStore,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const course = found(await this.courses.find(ctx.db, input.courseId));
    if (course.kind !== 'CLASSROOM') throw trainingProblems.refuse('COURSE_KIND', { facts: { kind: course.kind } });
    const session: SessionRecord = {
      ...input, id: uuidv7(), courseCode: course.code, courseTitle: course.title, fiscalYear: course.fiscalYear, series: course.series,
      bodyQuota: input.bodyQuota ?? defaultBodyQuota(input.labMachines), resultOn: input.resultOn ?? defaultResultOn(input.windowClosesAt),
      plannedMinutes: input.plannedMinutes ?? course.plannedMinutes, state: 'PLANNED', version: 1, told: 0, successorId: null, reason: null, reportRef: null, publishedAt: null, changedAt: ctx.now,
    };
    requireDates(session);
    if (!(await this.sessions.add(ctx.db, session, ctx.now))) throw trainingProblems.refuse('SESSION_NUMBER_TAKEN');
    ctx.audit({ object: `session:${session.id}`, facts: { to: 'PLANNED', course: course.code, number: session.number } });
    return sessionViewOf(session);
  }
}

/** Refuses WINDOW_INVALID at the date that does not fit. */
export function requireDates(dates: SessionDates): void {
  const fault = datesFault(dates);
  if (fault !== undefined) throw trainingProblems.refuse('WINDOW_INVALID', { fields: [{ pointer: `/${fault}`, code: 'ORDER' }] });
}
