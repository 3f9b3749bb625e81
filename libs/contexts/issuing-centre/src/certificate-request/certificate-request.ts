import { certificateEvents } from '#contracts/issuing-centre';

/** CARD-3.9 with what CARD-4.17 adds to it: a paid request that nobody can print is refunded. */
export type RequestState = keyof typeof certificateEvents;
export const REQUEST_STATES = Object.keys(certificateEvents) as RequestState[];

const MOVES: Readonly<Record<RequestState, readonly RequestState[]>> = {
  OPENED: ['AUTHENTICATED', 'REFUSED', 'ABANDONED'],
  AUTHENTICATED: ['SELECTED', 'REFUSED', 'ABANDONED'],
  SELECTED: ['GENERATING'],
  GENERATING: ['READY', 'FAILED'],
  READY: ['PAID', 'EXPIRED'],
  PAID: ['PRINTING', 'PRINT_UNCERTAIN', 'REFUND_DUE'],
  PRINTING: ['PRINTED', 'PRINT_UNCERTAIN'],
  PRINTED: ['TAKEN', 'LEFT_BEHIND'],
  TAKEN: ['CLOSED'],
  PRINT_UNCERTAIN: ['REFUND_DUE', 'PRINTED'],
  LEFT_BEHIND: ['CLOSED'],
  REFUND_DUE: ['REFUNDED'],
  REFUSED: [], ABANDONED: [], FAILED: [], EXPIRED: [], CLOSED: [], REFUNDED: [],
};

export function canMove(from: RequestState, to: RequestState): boolean {
  return MOVES[from].includes(to);
}

/** Nothing of the resident is needed any more: content and resident key are erased. */
export function isOver(state: RequestState): boolean {
  return MOVES[state].length === 0 || state === 'REFUND_DUE';
}

interface TimeLimit {
  readonly seconds: number;
  /** None: the session goes on, and the shop is told. */
  readonly then?: RequestState;
}

/** CARD-4.17, as far as the centre watches them; the kiosk warns its user by itself. */
export const TIME_LIMITS: Partial<Readonly<Record<RequestState, TimeLimit>>> = {
  OPENED: { seconds: 60, then: 'ABANDONED' },
  AUTHENTICATED: { seconds: 90, then: 'ABANDONED' },
  GENERATING: { seconds: 60, then: 'FAILED' },
  READY: { seconds: 120, then: 'EXPIRED' },
  PAID: { seconds: 20, then: 'PRINT_UNCERTAIN' },
  PRINTING: { seconds: 180, then: 'PRINT_UNCERTAIN' },
  PRINTED: { seconds: 60, then: 'LEFT_BEHIND' },
  TAKEN: { seconds: 60 },
};

/** Nobody has paid yet: these end with the grace after closing time (CARD-4.15). */
const UNPAID: readonly RequestState[] = ['OPENED', 'AUTHENTICATED', 'GENERATING', 'READY'];

/** When the time for a state is over; `graceEnd`: 23:05 of the day on which the session was opened. */
export function deadlineOf(state: RequestState, now: Date, graceEnd: Date): Date | null {
  const limit = TIME_LIMITS[state];
  if (limit === undefined) return null;
  const end = new Date(now.getTime() + limit.seconds * 1_000);
  return UNPAID.includes(state) && end > graceEnd ? graceEnd : end;
}

/** A step that comes when its time is over is refused, whether the clock's work has been done yet or not. A report of printed pages is never late. */
export function isLate({ state, deadline }: { readonly state: RequestState; readonly deadline: Date | null }, now: Date): boolean {
  return (UNPAID.includes(state) || state === 'PAID') && deadline !== null && now >= deadline;
}

/** All copies, or those of which every page came out (CARD-4.17): a copy that breaks off is none. */
export function copiesPrinted({ pages, pageCount, copies }: { readonly pages: number; readonly pageCount: number; readonly copies: number }): number {
  return Math.min(copies, Math.floor(pages / pageCount));
}

/** The clock of a kiosk may be 30 seconds off (CARD-7). */
export function isSkewed(kioskTime: Date, now: Date): boolean {
  return Math.abs(kioskTime.getTime() - now.getTime()) > 30_000;
}
