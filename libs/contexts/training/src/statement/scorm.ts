import type { AuVerb } from './au-session.js';
import { isMastered } from './move-on.js';

export const SCORM_EDITIONS = ['SCORM_12', 'SCORM_2004'] as const;
export type ScormEdition = (typeof SCORM_EDITIONS)[number];

/** What SCORM content has told its run-time interface, as far as it matters here: values of the data model, empty where it said nothing. */
export interface RuntimeData {
  /** 1.2: cmi.core.lesson_status. */
  readonly lessonStatus: string;
  /** 2004: cmi.completion_status, cmi.success_status. */
  readonly completionStatus: string;
  readonly successStatus: string;
  readonly scoreRaw: string;
  readonly scoreMin: string;
  readonly scoreMax: string;
  /** 2004: cmi.score.scaled, -1 to 1. */
  readonly scoreScaled: string;
}

/** What of it counts; `scaled` is 0 to 1. */
export interface ScormOutcome {
  readonly isCompleted: boolean;
  readonly success: 'passed' | 'failed' | undefined;
  readonly scaled: number | undefined;
}

/**
 * Longest values of the data model, in characters: SCORM 1.2 CMIString255 and CMIString4096, SCORM 2004 3rd edition and later (TRN-4.6).
 * What is longer is refused to the content, never cut: error 405 under 1.2, 351 under 2004.
 */
export const VALUE_LIMITS = {
  SCORM_12: { error: 405, any: 4_096, elements: { 'cmi.suspend_data': 4_096, 'cmi.core.lesson_location': 255, 'cmi.core.exit': 255 } },
  SCORM_2004: { error: 351, any: 64_000, elements: { 'cmi.suspend_data': 64_000, 'cmi.location': 1_000 } },
} as const satisfies Readonly<Record<ScormEdition, { readonly error: number; readonly any: number; readonly elements: Readonly<Record<string, number>> }>>;

/** The outcome of a SCORM attempt (TRN-4.6). Where the unit has a mastery score and a score came, the score decides what is passed (SCORM 1.2 RTE, mastery_score). */
export function scormOutcome(edition: ScormEdition, data: RuntimeData, masteryScore: number | undefined): ScormOutcome {
  const scaled = scaledScore(data);
  const told = edition === 'SCORM_12' ? statusOf12(data.lessonStatus) : statusOf2004(data);
  if (scaled === undefined || masteryScore === undefined || !(told.isCompleted || told.success !== undefined)) return { ...told, scaled };
  return { isCompleted: told.isCompleted, success: isMastered(scaled, masteryScore) ? 'passed' : 'failed', scaled };
}

function statusOf12(lessonStatus: string): Pick<ScormOutcome, 'isCompleted' | 'success'> {
  switch (lessonStatus) {
    case 'passed':
      return { isCompleted: true, success: 'passed' };
    case 'completed':
      return { isCompleted: true, success: undefined };
    case 'failed':
      return { isCompleted: false, success: 'failed' };
    default:
      return { isCompleted: false, success: undefined };
  }
}

function statusOf2004({ completionStatus, successStatus }: RuntimeData): Pick<ScormOutcome, 'isCompleted' | 'success'> {
  return { isCompleted: completionStatus === 'completed', success: successStatus === 'passed' || successStatus === 'failed' ? successStatus : undefined };
}

/** Raw by the range that the content names, 0 to 100 unless it says; undefined without a score or with one that is none. */
function scaledScore({ scoreScaled, scoreRaw, scoreMin, scoreMax }: RuntimeData): number | undefined {
  if (scoreScaled !== '') return within(Number(scoreScaled));
  if (scoreRaw === '') return undefined;
  const min = Number(scoreMin);
  return within((Number(scoreRaw) - min) / (Number(scoreMax === '' ? '100' : scoreMax) - min));
}

function within(scaled: number): number | undefined {
  return scaled >= 0 && scaled <= 1 ? scaled : undefined;
}

/** What the content has said of one unit so far. */
export interface SaidSoFar {
  readonly isCompleted: boolean;
  readonly isPassed: boolean;
  readonly isFailed: boolean;
}

/**
 * The cmi5 verbs that an outcome adds to what was said. Completed and Passed are said at once, Failed only when the session ends, since
 * content may change its mind until then and cmi5 judges a session once.
 */
export function verbsOf(outcome: ScormOutcome, said: SaidSoFar, isOver: boolean): AuVerb[] {
  const verbs: AuVerb[] = [];
  if (outcome.isCompleted && !said.isCompleted) verbs.push('completed');
  if (outcome.success === 'passed' && !said.isPassed && !said.isFailed) verbs.push('passed');
  if (outcome.success === 'failed' && !said.isPassed && !said.isFailed && isOver) verbs.push('failed');
  if (isOver) verbs.push('terminated');
  return verbs;
}
