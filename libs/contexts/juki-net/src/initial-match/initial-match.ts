import type { Outcome, Tier } from './match-tier.js';

/** States of an initial matching (初期突合, JUKI-3.6). */
export const MATCH_STATES = ['LOADED', 'NORMALISED', 'MATCHED', 'IN_REVIEW', 'CLOSED'] as const;
export type MatchState = (typeof MATCH_STATES)[number];

export const CASE_STATES = ['OPEN', 'DECIDED', 'CONFIRMED'] as const;
export type CaseState = (typeof CASE_STATES)[number];

/** RETURN: the second officer does not agree, and the case is open again. */
export type CaseStep = 'DECIDE' | 'CONFIRM' | 'RETURN';

const STEPS: Readonly<Record<CaseStep, { readonly from: CaseState; readonly to: CaseState }>> = {
  DECIDE: { from: 'OPEN', to: 'DECIDED' },
  CONFIRM: { from: 'DECIDED', to: 'CONFIRMED' },
  RETURN: { from: 'DECIDED', to: 'OPEN' },
};

export interface ToldOutcome {
  readonly told: 'AUTO' | 'CONFIRMED' | 'REVIEW' | 'NONE';
  readonly tier: Tier | undefined;
  readonly person?: string | undefined;
}

/** A case that officers decide; cases of outcome AUTO and NONE have no state and take no step. */
export interface ReviewedCase {
  readonly state?: CaseState | undefined;
  readonly decidedBy?: string | undefined;
}

/** What the agency is told of a row (IMOT, JUKI-5.3): a reviewed case is CONFIRMED or NONE once the second officer has agreed. */
export function toldOutcome(of: { readonly outcome: Outcome; readonly state?: CaseState | undefined; readonly personKey?: string | undefined; readonly tier?: Tier | undefined }): ToldOutcome {
  const { outcome, state, personKey: person, tier } = of;
  if (outcome === 'AUTO') return { told: 'AUTO', tier, person };
  if (outcome === 'REVIEW' && state !== 'CONFIRMED') return { told: 'REVIEW', tier };
  return outcome === 'REVIEW' && person !== undefined ? { told: 'CONFIRMED', tier, person } : { told: 'NONE', tier: undefined };
}

/** Whether the outcome can be read, reviewed and closed: from the last comparison to the closure. */
export function hasOutcome(state: MatchState): boolean {
  return state === 'MATCHED' || state === 'IN_REVIEW';
}

/** The next state of a case or why not; the second step is another officer's than the first (JUKI-3.6). */
export function stepCase(reviewed: ReviewedCase, step: CaseStep, officer: string): { readonly state: CaseState } | { readonly refusal: 'CASE_STATE' | 'SAME_OFFICER' } {
  const { from, to } = STEPS[step];
  if (reviewed.state !== from) return { refusal: 'CASE_STATE' };
  return step !== 'DECIDE' && officer === reviewed.decidedBy ? { refusal: 'SAME_OFFICER' } : { state: to };
}

/** What stands against the closure: every reviewed case must be confirmed, and the agency must have received a line for every case. */
export function closureFault(match: { readonly cases: number; readonly open: number }, received: number): 'CASES_OPEN' | 'EXPORT_INCOMPLETE' | undefined {
  if (match.open > 0) return 'CASES_OPEN';
  return received === match.cases ? undefined : 'EXPORT_INCOMPLETE';
}
