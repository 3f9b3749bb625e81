import { addDays, addMonths, localDateInJapan, type LocalDate } from '#kernel';

/** Sent to the body, or only made known to it (TRN-2). */
export const REQUEST_KINDS = ['DISPATCH', 'INTRODUCE'] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

/** TRN-3.5, and a body that wants it no more. */
export const REQUEST_STATES = ['REQUESTED', 'MATCHED', 'AGREED', 'DONE', 'REPORTED', 'WITHDRAWN'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

export type RequestStep = 'MATCH' | 'AGREE' | 'FINISH' | 'REPORT' | 'WITHDRAW';

const STEPS: Readonly<Record<RequestStep, { readonly from: readonly RequestState[]; readonly to: RequestState }>> = {
  // Another lecturer may be found until the body agrees.
  MATCH: { from: ['REQUESTED', 'MATCHED'], to: 'MATCHED' },
  AGREE: { from: ['MATCHED'], to: 'AGREED' },
  FINISH: { from: ['AGREED'], to: 'DONE' },
  REPORT: { from: ['DONE'], to: 'REPORTED' },
  WITHDRAW: { from: ['REQUESTED', 'MATCHED', 'AGREED'], to: 'WITHDRAWN' },
};

/** The next state; undefined where the step cannot be taken. */
export function stepRequest(state: RequestState, step: RequestStep): RequestState | undefined {
  return STEPS[step].from.includes(state) ? STEPS[step].to : undefined;
}

const DAYS_AHEAD = 30;
const CONFLICT_MONTHS = 12;

export interface Period {
  readonly startsAt: Date;
  readonly endsAt: Date;
}

/** TRN-4.12: every date that a body offers is thirty days ahead or more. */
export function isFarEnough(candidates: readonly Period[], today: LocalDate): boolean {
  return candidates.every(({ startsAt }) => localDateInJapan(startsAt) >= addDays(today, DAYS_AHEAD));
}

/** TRN-4.12: the host pays for the travel of a dispatch, unless a disaster has hit it; what is only introduced is the body's own affair. */
export function travelPaidBy(kind: RequestKind, isDisasterHit: boolean): 'HOST' | 'AGENCY' {
  return kind === 'DISPATCH' && isDisasterHit ? 'AGENCY' : 'HOST';
}

/** A contract or bid of the lecturer's employer with a body, as declared. */
export interface Interest {
  readonly bodyCode: string;
  readonly from: LocalDate;
  readonly until: LocalDate;
}

/** The rule of advisers (TRN-4.12): none whose employer holds or bids for a contract with the body within twelve months before or after the day. */
export function hasConflict(interests: readonly Interest[], bodyCode: string, day: LocalDate): boolean {
  return interests.some((one) => one.bodyCode === bodyCode && addMonths(one.from, -CONFLICT_MONTHS) <= day && day <= addMonths(one.until, CONFLICT_MONTHS));
}

/** When the lecturer can be nowhere else: the lecture with the way to it and back. */
export function bookedPeriod({ startsAt, endsAt }: Period, travelMinutes: number): Period {
  const travelMs = travelMinutes * 60_000;
  return { startsAt: new Date(startsAt.getTime() - travelMs), endsAt: new Date(endsAt.getTime() + travelMs) };
}
