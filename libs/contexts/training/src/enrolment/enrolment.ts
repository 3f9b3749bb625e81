import type { EnrolmentState } from '#contracts/training';
import { addBusinessDays, localDateInJapan, startOfDayInJapan } from '#kernel';

/** Those that hold a place (TRN-3.3). */
export const ACTIVE_STATES = ['OFFERED', 'ADMITTED', 'ATTENDING'] as const satisfies readonly EnrolmentState[];

/** Those that may still lead to a place, or hold one: a person has one of them in a session at most (TRN-4.2, 4.4 I3). */
export const LIVE_STATES = ['SUBMITTED', 'WAITLISTED', ...ACTIVE_STATES] as const satisfies readonly EnrolmentState[];

export type EnrolmentStep =
  | 'ADMIT' | 'WAIT' | 'REJECT' | 'OFFER' | 'ACCEPT' | 'ADMIT_BY_PHONE' | 'DECLINE' | 'LAPSE' | 'WITHDRAW' | 'EXPIRE' | 'SUBSTITUTE' | 'REMOVE' | 'POSTPONE'
  | 'ATTEND' | 'MISS' | 'COMPLETE' | 'FAIL' | 'CERTIFY';

interface StepRow {
  readonly from: readonly EnrolmentState[];
  readonly to: EnrolmentState;
}

/** The table of TRN-3.3, with what the office does: removals with a smaller capacity, the cancellation of a session, an admission by telephone. */
export const ENROLMENT_STEPS: Readonly<Record<EnrolmentStep, StepRow>> = {
  ADMIT: { from: ['SUBMITTED'], to: 'ADMITTED' },
  WAIT: { from: ['SUBMITTED'], to: 'WAITLISTED' },
  REJECT: { from: ['SUBMITTED'], to: 'REJECTED' },
  OFFER: { from: ['WAITLISTED'], to: 'OFFERED' },
  ACCEPT: { from: ['OFFERED'], to: 'ADMITTED' },
  ADMIT_BY_PHONE: { from: ['WAITLISTED'], to: 'ADMITTED' },
  DECLINE: { from: ['OFFERED', 'ADMITTED'], to: 'DECLINED' },
  LAPSE: { from: ['OFFERED'], to: 'OFFER_LAPSED' },
  WITHDRAW: { from: ['SUBMITTED', 'WAITLISTED'], to: 'WITHDRAWN' },
  EXPIRE: { from: ['SUBMITTED', 'WAITLISTED'], to: 'EXPIRED' },
  SUBSTITUTE: { from: ['ADMITTED'], to: 'SUBSTITUTED' },
  REMOVE: { from: ['OFFERED', 'ADMITTED'], to: 'REMOVED' },
  POSTPONE: { from: ['SUBMITTED', 'WAITLISTED', 'OFFERED', 'ADMITTED', 'ATTENDING'], to: 'POSTPONED' },
  ATTEND: { from: ['ADMITTED', 'ATTENDING'], to: 'ATTENDING' },
  MISS: { from: ['ADMITTED'], to: 'ABSENT' },
  COMPLETE: { from: ['ATTENDING'], to: 'COMPLETED' },
  FAIL: { from: ['ATTENDING'], to: 'INCOMPLETE' },
  CERTIFY: { from: ['COMPLETED'], to: 'CERTIFIED' },
};

/** The next state; undefined where the step is not possible. */
export function stepEnrolment(state: EnrolmentState, step: EnrolmentStep): EnrolmentState | undefined {
  const { from, to } = ENROLMENT_STEPS[step];
  return from.includes(state) ? to : undefined;
}

/** Whether it holds a place of its session and of its body. */
export function holdsPlace(state: EnrolmentState): boolean {
  return (ACTIVE_STATES as readonly EnrolmentState[]).includes(state);
}

const HOUR_MS = 3_600_000;
const HOLD_HOURS = 48;
const LAST_WEEK = { beforeHours: 7 * 24, holdHours: 12 };
const PHONE_BEFORE_HOURS = 24;

/** Sessions that start before it get no offers any more. */
export function phoneUntil(now: Date): Date {
  return new Date(now.getTime() + PHONE_BEFORE_HOURS * HOUR_MS);
}

/** Until when an offered place is held: 48 h, 12 h in the last week; undefined less than 24 h before, when the office telephones (TRN-3.3). */
export function offerHeldUntil(now: Date, startsAt: Date): Date | undefined {
  const left = (startsAt.getTime() - now.getTime()) / HOUR_MS;
  if (left < PHONE_BEFORE_HOURS) return undefined;
  return new Date(now.getTime() + (left < LAST_WEEK.beforeHours ? LAST_WEEK.holdHours : HOLD_HOURS) * HOUR_MS);
}

const SUBSTITUTION = { businessDays: 2, closesAtHour: 17 };

/** A colleague of the body may take the place until 17:00 in Japan two business days before (TRN-3.3). */
export function lastSubstitution(startsAt: Date): Date {
  const day = addBusinessDays(localDateInJapan(startsAt), -SUBSTITUTION.businessDays);
  return new Date(startOfDayInJapan(day).getTime() + SUBSTITUTION.closesAtHour * HOUR_MS);
}

/** What a session may hold: of everybody together, and of one body. */
export interface Limits {
  readonly capacity: number;
  readonly bodyQuota: number;
}
