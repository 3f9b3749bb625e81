import { z } from 'zod';
import { COURSE_KINDS, COURSE_SERIES } from '#contracts/training';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { byCourse, courseView, courseViewOf, fiscalYear, seesPublicOnly } from './course-view.js';
import type { CourseStore } from './course.store.js';

const listSpec = useCase({
  action: 'training.course.list',
  kind: 'question',
  summary: 'The catalogue of a fiscal year, by code',
  input: z.strictObject({ year: fiscalYear, series: z.enum(COURSE_SERIES).optional(), kind: z.enum(COURSE_KINDS).optional() }),
  output: z.object({ items: z.array(courseView) }),
  refusals: [],
});

export class ListCourses implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly courses: CourseStore) {}

  async execute(ctx: Ctx, { year, series, kind }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const courses = await this.courses.list(ctx.db, { fiscalYear: year, series, kind, isPublic: seesPublicOnly(ctx) });
    return { items: courses.map(courseViewOf) };
  }
}

const getSpec = useCase({
  action: 'training.course.read',
  kind: 'question',
  summary: 'A course of the catalogue',
  input: byCourse,
  output: courseView,
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class GetCourse implements UseCase<typeof getSpec> {
  readonly spec = getSpec;

  constructor(private readonly courses: CourseStore) {}

  async execute(ctx: Ctx, { courseId }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    const course = await this.courses.find(ctx.db, courseId);
    const isHidden = seesPublicOnly(ctx) && (course?.state === 'DRAFT' || course?.state === 'REVIEWED');
    return courseViewOf(found(isHidden ? undefined : course));
  }
}
