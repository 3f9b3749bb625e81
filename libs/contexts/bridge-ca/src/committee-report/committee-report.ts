import { COMMITTEE_TOPICS, type CommitteeTopic } from '#contracts/jpki-ca';
import { hideSmallCells, type Cell, type ShownCells } from './small-cells.js';

/** 認証業務情報保護委員会: what it is told of a month, and what becomes of it (JPKI-3.16). */
export const REPORT_STATES = ['DRAFT', 'SUBMITTED', 'DELIBERATED', 'ANSWERED'] as const;
export type ReportState = (typeof REPORT_STATES)[number];

export type ReportStep = 'SUBMIT' | 'DELIBERATE' | 'ANSWER';
const STEPS: Readonly<Record<ReportStep, { readonly from: ReportState; readonly to: ReportState }>> = {
  SUBMIT: { from: 'DRAFT', to: 'SUBMITTED' },
  DELIBERATE: { from: 'SUBMITTED', to: 'DELIBERATED' },
  ANSWER: { from: 'DELIBERATED', to: 'ANSWERED' },
};

/** The state after the step; undefined when it does not follow the present one. */
export function stepReport(state: ReportState, step: ReportStep): ReportState | undefined {
  const { from, to } = STEPS[step];
  return state === from ? to : undefined;
}

/** Counts of one topic as the committee is shown them. */
export interface TopicFigures extends ShownCells {
  readonly topic: CommitteeTopic;
}

/** Incidents and reviews are the service's own doings: each of them is told, however few they are. */
const EXACT: readonly CommitteeTopic[] = ['INCIDENTS', 'ACCESS_REVIEWS'];

/** Counts only, of every topic, in its order; those that could tell of single persons or bodies are hidden before anything is stored. */
export function topicFigures(counts: readonly (Cell & { readonly topic: CommitteeTopic })[]): TopicFigures[] {
  return COMMITTEE_TOPICS.map((topic) => {
    const cells = counts.filter((one) => one.topic === topic).map(({ name, count }) => ({ name, count }));
    return { topic, ...(EXACT.includes(topic) ? { cells, total: cells.reduce((sum, { count }) => sum + count, 0) } : hideSmallCells(cells)) };
  });
}
