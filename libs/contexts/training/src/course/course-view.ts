import { z } from 'zod';
import { COURSE_KINDS, COURSE_SERIES, trainingProblems } from '#contracts/training';
import { characterFault, localDateFault, type LocalDate } from '#kernel';
import { platformProblems, type Ctx } from '#platform';
import { BODY_KINDS } from '../body/body.js';
import { COMPLETION_RULES, COURSE_STATES, LEVELS, shapeFault, type CourseShape } from './course.js';
import type { CourseRecord } from './course.store.js';

/** A text of one line in characters that every recipient can show. */
export const oneLine = (most: number) =>
  z.string().normalize('NFC').trim().min(1).max(most).refine((text) => characterFault(text) === undefined, { params: { code: 'CHARACTER' } });
export const localDate = z.string().refine((text) => localDateFault(text) === undefined, { params: { code: 'DATE' } }).transform((text) => text as LocalDate);
export const courseCode = z.string().regex(/^\d{4}$/);
export const fiscalYear = z.coerce.number().int().min(2014).max(2100);
export const byCourse = z.strictObject({ courseId: z.uuid() });

/** What a draft says and a change may replace. */
export const courseText = {
  title: oneLine(100),
  series: z.enum(COURSE_SERIES),
  level: z.enum(LEVELS),
  targetPosts: z.array(oneLine(40)).max(20),
  plannedMinutes: z.int().min(1).max(60_000),
  prerequisites: z.array(courseCode).max(10).describe('completed in this or an earlier year before somebody is filed or registered'),
  prework: z.array(courseCode).max(10).describe('e-learning that is completed before a session begins'),
  completionRule: z.enum(COMPLETION_RULES),
  feeYen: z.int().min(0).max(1_000_000),
  eligible: z.strictObject({ kinds: z.array(z.enum(BODY_KINDS)).min(1).optional(), populationBelow: z.int().min(1).optional() }),
  capacity: z.int().min(1).max(1_000_000).nullable(),
  opensOn: localDate.nullable(),
  closesOn: localDate.nullable(),
};

export const courseView = z.object({
  courseId: z.uuid(), code: z.string(), fiscalYear: z.int(), kind: z.enum(COURSE_KINDS), ...courseText,
  targetPosts: z.array(z.string()), title: z.string(), opensOn: z.string().nullable(), closesOn: z.string().nullable(),
  state: z.enum(COURSE_STATES), version: z.int(),
});

export function courseViewOf({ id, draftedBy: _draftedBy, targetPosts, prerequisites, prework, eligible, ...course }: CourseRecord): z.input<typeof courseView> {
  const { kinds, populationBelow } = eligible;
  return { courseId: id, ...course, targetPosts: [...targetPosts], prerequisites: [...prerequisites], prework: [...prework], eligible: { ...(kinds === undefined ? {} : { kinds: [...kinds] }), ...(populationBelow === undefined ? {} : { populationBelow }) } };
}

/** Refuses INVALID_INPUT at the field that does not fit the kind. */
export function requireShape(course: CourseShape): void {
  const field = shapeFault(course);
  if (field !== undefined) throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: `/${field}`, code: 'KIND' }] });
}

/** Whether only what was published is shown: the agency sees its drafts too. */
export function seesPublicOnly(ctx: Ctx): boolean {
  return ctx.actor.kind !== 'operator';
}

/** Refuses OPERATOR_NOT_ASSERTED: two officers cannot be told apart without their names. */
export function requireNamed(ctx: Ctx): void {
  if (ctx.actor.operator === undefined) throw trainingProblems.refuse('OPERATOR_NOT_ASSERTED');
}
