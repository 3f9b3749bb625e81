import type { CourseKind, CourseSeries } from '#contracts/training';
import { addBusinessDays, addDays, startOfDayInJapan, toLocalDate, type LocalDate, type PrefectureNumber } from '#kernel';
import type { CompletionRule, Level } from '../course/course.js';
import type { Selection, SessionDates } from '../session/session.js';

/** A course of a year's business plan; a seminar with the capacities of its sessions. */
export interface PlannedCourse {
  readonly code: string;
  readonly series: CourseSeries;
  readonly title: string;
  readonly level: Level;
  readonly plannedMinutes: number;
  readonly completionRule: CompletionRule;
  /** Of e-learning. */
  readonly capacity?: number;
  readonly sessions?: readonly PlannedSession[];
}

/** A holding in the plan; `labMachines` where real machines are used. */
export interface PlannedSession {
  readonly capacity: number;
  readonly labMachines?: number;
}

/** The business plan of a fiscal year. */
export interface TrainingPlan {
  readonly fiscalYear: number;
  readonly courses: readonly PlannedCourse[];
}

/** What the seed's table shows of one series and kind. */
export interface PlanTotal {
  readonly courses: number;
  readonly sessions: number;
  readonly capacity: number;
}

/** Sums of the courses of a series and kind, or of all (TRN-4.1). */
export function planTotal(plan: TrainingPlan, kind: CourseKind, series?: CourseSeries): PlanTotal {
  const chosen = plan.courses.filter((course) => kindOf(course) === kind && (series === undefined || course.series === series));
  const sessions = chosen.flatMap((course) => course.sessions ?? []);
  const sum = (capacities: readonly { readonly capacity?: number }[]): number => capacities.reduce((total, { capacity }) => total + (capacity ?? 0), 0);
  return { courses: chosen.length, sessions: sessions.length, capacity: sum(chosen) + sum(sessions) };
}

/** Seminars have sessions, e-learning has none. */
export function kindOf({ sessions }: PlannedCourse): CourseKind {
  return sessions === undefined ? 'ELEARNING' : 'CLASSROOM';
}

/** Placeholder: who comes first is served at courses of the systematic series, the others draw lots (the real way is not public). */
export function selectionOf(series: CourseSeries): Selection {
  return series === 'SYSTEMATIC' ? 'FCFS' : 'LOTTERY';
}

/** 1 June to 31 March: what a course of e-learning is open for (own decision). */
export function periodOf(fiscalYear: number): { readonly opensOn: LocalDate; readonly closesOn: LocalDate } {
  return { opensOn: toLocalDate(`${fiscalYear}-06-01`), closesOn: toLocalDate(`${fiscalYear + 1}-03-31`) };
}

const HOUR_MS = 3_600_000;
const DAYS_BETWEEN = 6;

/**
 * Placeholder dates of the n-th session of the plan, from 0: a day from 10:00 to 17:00, six days after the one before it and from July on, with a
 * window from 8 to 5 weeks before it and the result a week after (own decision; the real dates are not public).
 */
export function datesOf(fiscalYear: number, n: number): SessionDates {
  const day = addBusinessDays(addDays(toLocalDate(`${fiscalYear}-07-01`), n * DAYS_BETWEEN), 0);
  const at = (date: LocalDate, hour: number): Date => new Date(startOfDayInJapan(date).getTime() + hour * HOUR_MS);
  return { windowOpensAt: at(addDays(day, -56), 9), windowClosesAt: at(addDays(day, -35), 17), resultOn: addDays(day, -28), startsAt: at(day, 10), endsAt: at(day, 17) };
}

const PLACES: readonly { readonly venue: string; readonly prefecture: PrefectureNumber }[] = [
  { venue: '東京会場', prefecture: '13' as PrefectureNumber }, { venue: '大阪会場', prefecture: '27' as PrefectureNumber }, { venue: '札幌会場', prefecture: '01' as PrefectureNumber },
  { venue: '仙台会場', prefecture: '04' as PrefectureNumber }, { venue: '名古屋会場', prefecture: '23' as PrefectureNumber }, { venue: '福岡会場', prefecture: '40' as PrefectureNumber },
];

/** Placeholder: sessions of the plan go round the regions. */
export function venueOf(n: number): { readonly venue: string; readonly prefecture: PrefectureNumber } {
  return PLACES[n % PLACES.length] ?? { venue: '東京会場', prefecture: '13' as PrefectureNumber };
}
