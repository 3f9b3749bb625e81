export const RESEND_STATES = ['OPEN', 'FULFILLED', 'WITHDRAWN'] as const;
export type ResendState = (typeof RESEND_STATES)[number];

/** Why a prefecture wants notices again: a gap in the sequence, or a record on which the copies differ (JUKI-4.6, 7). */
export const RESEND_GROUNDS = ['SEQUENCE_GAP', 'DIFFERENCE'] as const;

/** A municipality's numbers from the first to the last one, both included. */
export interface SequenceRange {
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/** Numbers of one order: some days' notices of the largest city. */
export const MOST_ORDERED = 100_000;
/** What is held waits 24 hours for its predecessor; so long a municipality has to send it (JUKI-7). */
export const RESEND_HOURS = 24;

/** Why a range cannot be ordered besides those whose arrival is still awaited. */
export function orderFault({ firstSeq, lastSeq }: SequenceRange, open: readonly SequenceRange[]): 'RESEND_RANGE' | 'RESEND_ORDERED' | undefined {
  if (lastSeq < firstSeq || lastSeq - firstSeq >= MOST_ORDERED) return 'RESEND_RANGE';
  return open.some((other) => other.firstSeq <= lastSeq && firstSeq <= other.lastSeq) ? 'RESEND_ORDERED' : undefined;
}

/** Only an order that is still open is withdrawn. */
export function withdrawalFault(state: ResendState): 'RESEND_STATE' | undefined {
  return state === 'OPEN' ? undefined : 'RESEND_STATE';
}
