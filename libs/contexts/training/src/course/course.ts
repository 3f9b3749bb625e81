import type { CourseKind, CourseSeries } from '#contracts/training';
import { isSameOfficer, type LocalDate } from '#kernel';
import { SMALL_BODY, type Eligible } from '../body/body.js';

/** A fiscal-year edition from its draft to the archive (TRN-3.1). */
export const COURSE_STATES = ['DRAFT', 'REVIEWED', 'PUBLISHED', 'CLOSED', 'ARCHIVED'] as const;
export type CourseState = (typeof COURSE_STATES)[number];

export const LEVELS = ['INTRODUCTORY', 'INTERMEDIATE', 'ADVANCED'] as const;
export type Level = (typeof LEVELS)[number];

/** What completes a course: attendance of 80 % (with a test), all units of a package, 90 % of a video watched (TRN-4.5, 4.6, 4.8). */
export const COMPLETION_RULES = ['ATTENDANCE_80', 'ATTENDANCE_80_TEST', 'ALL_UNITS', 'WATCHED_90'] as const;
export type CompletionRule = (typeof COMPLETION_RULES)[number];

export type CourseStep = 'REVIEW' | 'RETURN' | 'PUBLISH' | 'CLOSE' | 'ARCHIVE';

/** The table of TRN-3.1; a reviewed course may go back to its draft (own decision). */
export const COURSE_STEPS: Readonly<Record<CourseStep, { readonly from: CourseState; readonly to: CourseState }>> = {
  REVIEW: { from: 'DRAFT', to: 'REVIEWED' },
  RETURN: { from: 'REVIEWED', to: 'DRAFT' },
  PUBLISH: { from: 'REVIEWED', to: 'PUBLISHED' },
  CLOSE: { from: 'PUBLISHED', to: 'CLOSED' },
  ARCHIVE: { from: 'CLOSED', to: 'ARCHIVED' },
};

/** What decides about a course. */
export interface CourseLife {
  readonly state: CourseState;
  /** Officer who drafted or last changed it. */
  readonly draftedBy: string;
}

/** The next state or why not: what one officer drafted another one reviews. */
export function stepCourse(course: CourseLife, step: CourseStep, officer: string): { readonly state: CourseState } | { readonly refusal: 'NOT_IN_STATE' | 'SAME_OFFICER' } {
  const { from, to } = COURSE_STEPS[step];
  if (course.state !== from) return { refusal: 'NOT_IN_STATE' };
  return step === 'REVIEW' && isSameOfficer(course.draftedBy, officer) ? { refusal: 'SAME_OFFICER' } : { state: to };
}

/** What depends on the kind of a course. */
export interface CourseShape {
  readonly kind: CourseKind;
  readonly completionRule: CompletionRule;
  /** 事前学習: codes of e-learning to be completed before a session begins; a seminar alone has them. */
  readonly prework: readonly string[];
  /** Of e-learning; a seminar has places by session. */
  readonly capacity: number | null;
  readonly opensOn: LocalDate | null;
  readonly closesOn: LocalDate | null;
}

/** The field that does not fit the kind: places, period, prework and rule of completion (TRN-3.1). */
export function shapeFault({ kind, completionRule, prework, capacity, opensOn, closesOn }: CourseShape): keyof CourseShape | undefined {
  const isElearning = kind === 'ELEARNING';
  if (isElearning !== (capacity !== null)) return 'capacity';
  if (isElearning !== (opensOn !== null)) return 'opensOn';
  if (isElearning !== (closesOn !== null) || (closesOn ?? '') < (opensOn ?? '')) return 'closesOn';
  if (isElearning && prework.length > 0) return 'prework';
  return isElearning === completionRule.startsWith('ATTENDANCE') ? 'completionRule' : undefined;
}

/** Whom a course is open for: those of small bodies are never wider than the size limit (TRN-4.2). */
export function eligibleFor(series: CourseSeries, eligible: Eligible): Eligible {
  if (series !== 'SMALL_BODY') return eligible;
  return { ...SMALL_BODY, populationBelow: Math.min(eligible.populationBelow ?? Infinity, SMALL_BODY.populationBelow) };
}
