/** 個人番号制度, 情報セキュリティ, 中小規模団体, 体系的な研修, 支援 (TRN-3.1). */
export const COURSE_SERIES = ['NUMBER_SYSTEM', 'SECURITY', 'SMALL_BODY', 'SYSTEMATIC', 'SUPPORT'] as const;
export type CourseSeries = (typeof COURSE_SERIES)[number];

/** 集合研修 has sessions, eラーニング has a period and packages. */
export const COURSE_KINDS = ['CLASSROOM', 'ELEARNING'] as const;
export type CourseKind = (typeof COURSE_KINDS)[number];
