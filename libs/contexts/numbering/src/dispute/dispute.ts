import { isSameOfficer } from '#kernel';
/** 重複付番: SHARED_NUMBER, two persons under one number; TWO_NUMBERS, one person with two (NUM-4.8). */
export const DISPUTE_KINDS = ['SHARED_NUMBER', 'TWO_NUMBERS'] as const;
export type DisputeKind = (typeof DISPUTE_KINDS)[number];

export const DISPUTE_STATES = ['PROPOSED', 'OPEN', 'RESOLUTION_PROPOSED', 'RESOLVED'] as const;
export type DisputeState = (typeof DISPUTE_STATES)[number];

export interface Dispute {
  readonly kind: DisputeKind;
  readonly personKeys: readonly string[];
  readonly state: DisputeState;
  /** Whose number stays, as proposed. */
  readonly kept: string | null;
  /** The officer of the last proposal. */
  readonly proposedBy: string;
}

export type DisputeStep = 'CONFIRM' | 'PROPOSE_RESOLUTION' | 'RESOLVE';

export const DISPUTE_STEPS: Readonly<Record<DisputeStep, { readonly from: readonly DisputeState[]; readonly to: DisputeState; readonly second: boolean }>> = {
  CONFIRM: { from: ['PROPOSED'], to: 'OPEN', second: true },
  // A proposal may be replaced by another before it is confirmed.
  PROPOSE_RESOLUTION: { from: ['OPEN', 'RESOLUTION_PROPOSED'], to: 'RESOLUTION_PROPOSED', second: false },
  RESOLVE: { from: ['RESOLUTION_PROPOSED'], to: 'RESOLVED', second: true },
};

/** The next state or why not: what one officer proposes another confirms. */
export function stepDispute(dispute: Pick<Dispute, 'state' | 'proposedBy'>, step: DisputeStep, officer: string): { readonly state: DisputeState } | { readonly refusal: 'DISPUTE_STATE' | 'SAME_OFFICER' } {
  const { from, to, second } = DISPUTE_STEPS[step];
  if (!from.includes(dispute.state)) return { refusal: 'DISPUTE_STATE' };
  return second && isSameOfficer(officer, dispute.proposedBy) ? { refusal: 'SAME_OFFICER' } : { state: to };
}

/** How many people a dispute may be about: two records of one person, or the one or two records under one number. */
export function fitsKind(kind: DisputeKind, personKeys: readonly string[]): boolean {
  return new Set(personKeys).size === personKeys.length && (personKeys.length === 2 || (kind === 'SHARED_NUMBER' && personKeys.length === 1));
}

export interface DisputedNumber {
  readonly personKey: string;
  readonly designatedAt: Date | null;
}

/**
 * Whether the number of this person may be the one that stays. Of one person's two the earlier stays; under a shared one, that of the
 * record that holds its code rightly, or nobody's when neither does.
 */
export function mayKeep(kind: DisputeKind, numbers: readonly DisputedNumber[], kept: string | undefined): boolean {
  if (kind === 'SHARED_NUMBER') return kept === undefined || numbers.some(({ personKey }) => personKey === kept);
  const earliest = [...numbers].sort((a, b) => (a.designatedAt?.getTime() ?? 0) - (b.designatedAt?.getTime() ?? 0))[0];
  return kept !== undefined && earliest?.personKey === kept;
}
