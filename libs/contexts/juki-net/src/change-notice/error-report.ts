import { CONTENT_ITEMS } from '../resident/change-reason.js';

/** A suspicion that the organisation tells of a record (機構の通報, 住基法30条の8; JUKI-3.3). */
export const REPORT_STATES = ['OPEN', 'ANSWERED', 'CLOSED'] as const;
export type ReportState = (typeof REPORT_STATES)[number];

export const SUSPECTED_ITEMS = ['residentCode', 'individualNumber', ...CONTENT_ITEMS] as const;
export const GROUNDS = ['RECONCILIATION', 'AGENCY', 'PERSON', 'SAME_PERSON_TWICE', 'TWO_PERSONS_ONE_CODE', 'OTHER'] as const;
/** Why a municipality sends no new notice. */
export const RECORD_EXPLANATIONS = ['RECORD_IS_RIGHT', 'OTHER_RECORD_IS_WRONG', 'ONLY_NOTATION'] as const;

export type ReportStep = 'ANSWER' | 'ACCEPT' | 'ASK_AGAIN' | 'WITHDRAW';

const STEPS: Readonly<Record<ReportStep, { readonly from: ReportState; readonly to: ReportState }>> = {
  ANSWER: { from: 'OPEN', to: 'ANSWERED' },
  ACCEPT: { from: 'ANSWERED', to: 'CLOSED' },
  ASK_AGAIN: { from: 'ANSWERED', to: 'OPEN' },
  WITHDRAW: { from: 'OPEN', to: 'CLOSED' },
};

/** The state after the step; undefined where it is not allowed. */
export function stepReport(state: ReportState, step: ReportStep): ReportState | undefined {
  return STEPS[step].from === state ? STEPS[step].to : undefined;
}

interface NoticeFacts {
  readonly municipalityCode: string;
  readonly personKey: string;
  readonly state: string;
  readonly receivedAt: string;
}

/** Whether a notice answers: it is the municipality's about this person, and took effect since it was asked. */
export function answersReport(notice: NoticeFacts, report: { municipalityCode: string; personKey: string; askedAt: Date }): boolean {
  const { municipalityCode, personKey, state, receivedAt } = notice;
  return municipalityCode === report.municipalityCode && personKey === report.personKey && state === 'APPLIED' && new Date(receivedAt) >= report.askedAt;
}
