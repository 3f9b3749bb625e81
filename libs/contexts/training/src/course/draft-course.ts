import { z } from 'zod';
import { COURSE_KINDS, trainingProblems } from '#contracts/training';
import { found, officerOf, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { eligibleFor } from './course.js';
import { byCourse, courseCode, courseText, courseView, courseViewOf, fiscalYear, requireNamed, requireShape } from './course-view.js';
import type { CourseStore } from './course.store.js';

const draftSpec = useCase({
  action: 'training.course.draft',
  kind: 'command',
  summary: 'Drafts the edition of a course for a fiscal year',
  input: z.strictObject({
    code: courseCode, fiscalYear, kind: z.enum(COURSE_KINDS), ...courseText,
    feeYen: courseText.feeYen.default(0), eligible: courseText.eligible.default({}), capacity: courseText.capacity.default(null),
    prework: courseText.prework.default([]), opensOn: courseText.opensOn.default(null), closesOn: courseText.closesOn.default(null),
  }),
  output: courseView,
  refusals: refusals(trainingProblems, 'COURSE_CODE_TAKEN', 'OPERATOR_NOT_ASSERTED'),
});

/** TRN-3.1. */
export class DraftCourse implements UseCase<typeof draftSpec> {
  readonly spec = draftSpec;

  constructor(private readonly courses: CourseStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof draftSpec>): Promise<OutputOf<typeof draftSpec>> {
    requireNamed(ctx);
    requireShape(input);
    const course = { ...input, id: uuidv7(), eligible: eligibleFor(input.series, input.eligible), state: 'DRAFT', draftedBy: officerOf(ctx), version: 1 } as const;
    if (!(await this.courses.add(ctx.db, course, ctx.now))) throw trainingProblems.refuse('COURSE_CODE_TAKEN');
    ctx.audit({ object: `course:${course.id}`, facts: { to: 'DRAFT', code: course.code, fiscalYear: course.fiscalYear } });
    return courseViewOf(course);
  }
}

const changeSpec = useCase({
  action: 'training.course.change',
  kind: 'command',
  summary: 'Changes a draft; who changed it last cannot review it',
  input: byCourse.extend({ version: z.int().describe('as it was read') }).extend(z.strictObject(courseText).partial().shape),
  output: courseView,
  refusals: [...refusals(trainingProblems, 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED'), ...refusals(platformProblems, 'AGGREGATE_CHANGED', 'NOT_FOUND')],
});

export class ChangeCourse implements UseCase<typeof changeSpec> {
  readonly spec = changeSpec;

  constructor(private readonly courses: CourseStore) {}

  async execute(ctx: Ctx, { courseId, version, ...changes }: InputOf<typeof changeSpec>): Promise<OutputOf<typeof changeSpec>> {
    requireNamed(ctx);
    const held = found(await this.courses.lock(ctx.db, courseId));
    if (held.version !== version) throw platformProblems.refuse('AGGREGATE_CHANGED');
    if (held.state !== 'DRAFT') throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state: held.state } });
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    const course = { ...held, ...given, draftedBy: officerOf(ctx) };
    requireShape(course);
    const changed = { ...course, eligible: eligibleFor(course.series, course.eligible) };
    await this.courses.save(ctx.db, changed, ctx.now);
    ctx.audit({ object: `course:${courseId}`, facts: { changed: Object.keys(given).join() } });
    return courseViewOf({ ...changed, version: version + 1 });
  }
}
