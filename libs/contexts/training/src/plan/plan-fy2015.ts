import type { PlannedCourse, PlannedSession, TrainingPlan } from './plan.js';

/** Sessions of one size. */
const times = (count: number, capacity: number, labMachines?: number): PlannedSession[] =>
  Array.from({ length: count }, () => ({ capacity, ...(labMachines === undefined ? {} : { labMachines }) }));

const seminar = (code: string, series: PlannedCourse['series'], title: string, sessions: readonly PlannedSession[]): PlannedCourse =>
  ({ code, series, title, level: 'INTERMEDIATE', plannedMinutes: 360, completionRule: 'ATTENDANCE_80', sessions });
const elearning = (code: string, series: PlannedCourse['series'], title: string, capacity: number): PlannedCourse =>
  ({ code, series, title, level: 'INTRODUCTORY', plannedMinutes: 120, completionRule: 'ALL_UNITS', capacity });
/** 体系1 to 体系5 have one session of 60 beside theirs of 61; 体系1 has three. */
const systematic = (n: number): PlannedCourse =>
  seminar(`012${n}`, 'SYSTEMATIC', `体系${n}`, n <= 5 ? [...times(1, 60, 60), ...times(n === 1 ? 2 : 1, 61, 61)] : times(2, 61, 61));

/**
 * The seminars and e-learning of FY2015 (TRN-1, 4.1): the numbers of courses and sessions and the sums are those of the business plan; titles other
 * than the two of security, and the sizes of single sessions, are placeholders.
 */
export const PLAN_FY2015: TrainingPlan = {
  fiscalYear: 2015,
  courses: [
    seminar('0101', 'NUMBER_SYSTEM', '番号制度A', times(3, 83)),
    seminar('0102', 'NUMBER_SYSTEM', '番号制度B', times(3, 83)),
    seminar('0103', 'NUMBER_SYSTEM', '番号制度C', [...times(2, 83), ...times(1, 84)]),
    seminar('0104', 'NUMBER_SYSTEM', '番号制度D', times(2, 84)),
    seminar('0106', 'SECURITY', '情報セキュリティマネジメントセミナー', times(2, 51)),
    seminar('0107', 'SECURITY', '情報セキュリティ監査セミナー', times(2, 51)),
    seminar('0111', 'SMALL_BODY', '中小規模団体A', times(2, 54)),
    seminar('0112', 'SMALL_BODY', '中小規模団体B', times(2, 54)),
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map(systematic),
    elearning('0201', 'NUMBER_SYSTEM', '番号制度eラーニング1', 20_000),
    elearning('0202', 'NUMBER_SYSTEM', '番号制度eラーニング2', 20_000),
    { ...elearning('0203', 'NUMBER_SYSTEM', '番号制度ビデオ', 20_000), completionRule: 'WATCHED_90' },
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => elearning(`021${n}`, 'SECURITY', `情報セキュリティ・個人情報保護の基礎${n}`, 20_000)),
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => elearning(`022${n}`, 'SYSTEMATIC', `情報化入門${n}`, 550)),
  ],
};
