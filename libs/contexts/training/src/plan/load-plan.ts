import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { officerOf, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { eligibleFor } from '../course/course.js';
import type { CourseRecord, CourseStore } from '../course/course.store.js';
import { fiscalYear, requireNamed } from '../course/course-view.js';
import { defaultBodyQuota } from '../session/session.js';
import type { SessionRecord, SessionStore } from '../session/session.store.js';
import { datesOf, kindOf, periodOf, selectionOf, venueOf, type PlannedCourse, type PlannedSession } from './plan.js';
import { PLAN_FY2015 } from './plan-fy2015.js';

const PLANS = [PLAN_FY2015] as const;

const spec = useCase({
  action: 'training.plan.load',
  kind: 'command',
  summary: 'Loads the business plan of a fiscal year: courses as reviewed, sessions as planned; what is there already stays as it is',
  input: z.strictObject({ fiscalYear }),
  output: z.object({ courses: z.int().describe('added'), sessions: z.int().describe('added') }),
  refusals: [...refusals(trainingProblems, 'OPERATOR_NOT_ASSERTED'), ...refusals(platformProblems, 'NOT_FOUND')],
});

export interface LoadPlanParts {
  readonly courses: CourseStore;
  readonly sessions: SessionStore;
}

/** TRN-4.1. The board adopted the plan, so its courses need no review (own decision). Repeating it adds nothing. */
export class LoadPlan implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: LoadPlanParts) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    requireNamed(ctx);
    const plan = PLANS.find((candidate) => candidate.fiscalYear === input.fiscalYear);
    if (plan === undefined) throw platformProblems.refuse('NOT_FOUND');
    const added = { courses: 0, sessions: 0 };
    let n = 0;
    for (const planned of plan.courses) {
      const course = courseOf(ctx, planned, plan.fiscalYear);
      if (await this.parts.courses.add(ctx.db, course, ctx.now)) added.courses += 1;
      const kept = (await this.parts.courses.findByCode(ctx.db, plan.fiscalYear, planned.code)) ?? course;
      for (const [index, session] of (planned.sessions ?? []).entries()) {
        if (await this.parts.sessions.add(ctx.db, sessionOf(ctx, kept, { ...session, number: index + 1, n }), ctx.now)) added.sessions += 1;
        n += 1;
      }
    }
    ctx.audit({ object: `plan:${plan.fiscalYear}`, facts: added });
    return added;
  }
}

function courseOf(ctx: Ctx, planned: PlannedCourse, year: number): CourseRecord {
  const kind = kindOf(planned);
  const { code, series, title, level, plannedMinutes, completionRule, capacity = null } = planned;
  const period = kind === 'ELEARNING' ? periodOf(year) : { opensOn: null, closesOn: null };
  return {
    id: uuidv7(), code, series, title, level, plannedMinutes, completionRule, capacity, kind, ...period, fiscalYear: year, targetPosts: [], prerequisites: [], prework: [],
    feeYen: 0, eligible: eligibleFor(series, {}), state: 'REVIEWED', draftedBy: officerOf(ctx), version: 1,
  };
}

function sessionOf(ctx: Ctx, course: CourseRecord, planned: PlannedSession & { readonly number: number; readonly n: number }): SessionRecord {
  const { capacity, number, n } = planned;
  const labMachines = planned.labMachines ?? null;
  return {
    id: uuidv7(), courseId: course.id, courseCode: course.code, courseTitle: course.title, fiscalYear: course.fiscalYear, series: course.series, number,
    capacity, roomPlaces: capacity, labMachines, materials: null, bodyQuota: defaultBodyQuota(labMachines), selection: selectionOf(course.series),
    ...datesOf(course.fiscalYear, n), ...venueOf(n), plannedMinutes: course.plannedMinutes, isExtra: false, state: 'PLANNED', version: 1, told: 0,
    successorId: null, reason: null, reportRef: null, publishedAt: null, changedAt: ctx.now,
  };
}
