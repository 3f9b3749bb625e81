/** What a municipality prepares until its residents can be numbered (NUM-4.7, NUM-5.5), each with its weight in the score of 100. */
export const MILESTONES = {
  SYSTEM_REPAIR: 20,
  CS_CONNECTION: 15,
  CODE_LIST_CHECK: 15,
  TEST_DATA: 15,
  PRIVACY_ASSESSMENT: 10,
  TENTATIVE_NUMBERS: 10,
  DELIVERY_TARGETS: 10,
  TEMPORARY_ADDRESSES: 5,
} as const;
export type Milestone = keyof typeof MILESTONES;
export const MILESTONE_NAMES = [
  'SYSTEM_REPAIR', 'CS_CONNECTION', 'CODE_LIST_CHECK', 'TEST_DATA', 'PRIVACY_ASSESSMENT', 'TENTATIVE_NUMBERS', 'DELIVERY_TARGETS', 'TEMPORARY_ADDRESSES',
] as const satisfies readonly Milestone[];

/** What tickets of the migration desk are about (NUM-3.6, NUM-5.5); a question of law is the ministry's. */
export const TICKET_CATEGORIES = [
  'GENERATION_AND_CHECK_DIGIT', 'SYSTEM_REPAIR', 'CS_CONNECTION', 'TEST_DATA', 'TENTATIVE_NUMBERS', 'DELIVERY_TARGETS', 'TEMPORARY_ADDRESSES', 'EXCHANGE_SYMBOL', 'PRIVACY_ASSESSMENT',
  'LAW_QUESTION', 'INCIDENT',
] as const;
export type TicketCategory = (typeof TICKET_CATEGORIES)[number];

/** NUM-3.6. */
export const READINESS_STATES = ['NOT_STARTED', 'IN_PROGRESS', 'DONE', 'BLOCKED'] as const;
export type ReadinessState = (typeof READINESS_STATES)[number];

/** BLOCKED ends with the resolution of its ticket alone; what is done may turn out not to be. */
const FOLLOWERS: Readonly<Record<ReadinessState, readonly ReadinessState[]>> = {
  NOT_STARTED: ['NOT_STARTED', 'IN_PROGRESS', 'DONE', 'BLOCKED'],
  IN_PROGRESS: ['IN_PROGRESS', 'DONE', 'BLOCKED'],
  DONE: ['DONE', 'IN_PROGRESS', 'BLOCKED'],
  BLOCKED: ['BLOCKED'],
};

export interface ReadinessItem {
  readonly milestone: Milestone;
  readonly state: ReadinessState;
  readonly dueOn: string;
}

/** What an item shall become. `blocker`: whether a ticket is named, and whether it is linked to the municipality and not resolved. */
export interface ItemChange {
  readonly state: ReadinessState;
  readonly evidence: string | undefined;
  readonly blocker: 'NONE' | 'KNOWN' | 'UNKNOWN';
}

/** Why an item must not become this (NUM-3.6, NUM-5.1). */
export function itemFault(state: ReadinessState, to: ItemChange): 'EVIDENCE_MISSING' | 'READINESS_STATE' | 'UNKNOWN_TICKET' | undefined {
  if (!FOLLOWERS[state].includes(to.state) || (to.blocker !== 'NONE' && to.state !== 'BLOCKED')) return 'READINESS_STATE';
  if (to.state === 'DONE' && (to.evidence ?? '').trim() === '') return 'EVIDENCE_MISSING';
  return to.state === 'BLOCKED' && to.blocker !== 'KNOWN' ? 'UNKNOWN_TICKET' : undefined;
}

/** Weighted milestones that are done, of 100 (NUM-5.5). */
export function scoreOf(items: readonly ReadinessItem[]): number {
  return items.reduce((score, { milestone, state }) => score + (state === 'DONE' ? MILESTONES[milestone] : 0), 0);
}

/** A municipality is as blocked as its worst item; a ticket that holds its wave blocks it as a whole (NUM-3.6). */
export function stateOf(items: readonly ReadinessItem[], held: boolean): ReadinessState {
  if (held || items.some(({ state }) => state === 'BLOCKED')) return 'BLOCKED';
  if (items.length > 0 && items.every(({ state }) => state === 'DONE')) return 'DONE';
  return items.some(({ state }) => state !== 'NOT_STARTED') ? 'IN_PROGRESS' : 'NOT_STARTED';
}

/** Milestones whose day is past. */
export function overdueOn(items: readonly ReadinessItem[], today: string): Milestone[] {
  return items.filter(({ state, dueOn }) => state !== 'DONE' && dueOn < today).map(({ milestone }) => milestone);
}

/** Whom the prefecture must help (NUM-5.5): a municipality that is blocked, or late with a milestone. */
export function isRed(seen: { readonly state: ReadinessState; readonly overdue: readonly Milestone[] }): boolean {
  return seen.state === 'BLOCKED' || seen.overdue.length > 0;
}
