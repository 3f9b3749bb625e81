import { addBusinessDays, type LocalDate } from '#kernel';

export const DIFFERENCE_STATES = ['OPEN', 'EXPLAINED', 'RESOLVED'] as const;
export type DifferenceState = (typeof DIFFERENCE_STATES)[number];

/** Why a municipality says a difference exists. It never asks for a correction here: that is a new notice of its own (JUKI-3.3). */
export const EXPLANATIONS = ['NOTICE_UNDER_WAY', 'NOTICE_HELD', 'NOTICE_REJECTED', 'MUNICIPAL_RECORD_CORRECTED', 'UNDER_SURVEY', 'SYSTEM_FAULT'] as const;
export type Explanation = (typeof EXPLANATIONS)[number];

/** Differences are explained within five working days (JUKI-4.6). */
const EXPLAIN_WITHIN = 5;

export function dueDay(foundOn: LocalDate): LocalDate {
  return addBusinessDays(foundOn, EXPLAIN_WITHIN);
}

/** OPEN after its last day. */
export function isOverdue(difference: { readonly state: DifferenceState; readonly dueOn: LocalDate }, today: LocalDate): boolean {
  return difference.state === 'OPEN' && today > difference.dueOn;
}

/** Only an open difference is explained; the refusal's code otherwise. */
export function explainFault(state: DifferenceState): 'DIFFERENCE_STATE' | undefined {
  return state === 'OPEN' ? undefined : 'DIFFERENCE_STATE';
}
