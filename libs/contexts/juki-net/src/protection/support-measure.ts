import { addDays, addMonths, addressKey, addYears, type LocalDate } from '#kernel';

/** Grounds of a support measure (支援措置, JUKI-3.8). */
export const GROUNDS = ['DOMESTIC_VIOLENCE', 'STALKING', 'CHILD_ABUSE', 'OTHER'] as const;

/** Offices that are consulted first and whose opinion is attached. */
export const CONSULTED = ['POLICE', 'SPOUSAL_VIOLENCE_CENTRE', 'CHILD_GUIDANCE_CENTRE', 'OTHER'] as const;

/** The day from which the term counts; municipalities differ (JUKI-4.13). */
export const START_EVENTS = ['APPLICATION', 'DECISION', 'NOTIFICATION'] as const;

export const SUPPORT_STATES = ['APPLIED', 'OPINION_PENDING', 'ACTIVE', 'ENDED'] as const;
export type SupportState = (typeof SUPPORT_STATES)[number];

export const END_REASONS = ['TERM', 'WITHDRAWN', 'NOT_NECESSARY', 'MOVED_OUT'] as const;

export interface SupportMeasure {
  readonly measureId: string;
  readonly municipalityCode: string;
  readonly state: SupportState;
  readonly grounds: (typeof GROUNDS)[number];
  readonly startEvent: (typeof START_EVENTS)[number];
  readonly appliedOn: LocalDate;
  readonly consulted: string | null;
  /** What the opinion says; none yet while it is awaited. */
  readonly necessary: boolean | null;
  readonly startsOn: LocalDate | null;
  readonly endsOn: LocalDate | null;
  readonly endReason: (typeof END_REASONS)[number] | null;
}

export type SupportStep =
  | { readonly kind: 'CONSULT'; readonly consulted: string }
  | { readonly kind: 'OPINION'; readonly necessary: boolean }
  | { readonly kind: 'GRANT'; readonly notifiedOn: LocalDate }
  | { readonly kind: 'REFUSE' }
  | { readonly kind: 'RENEW'; readonly consulted: string; readonly necessary: boolean }
  | { readonly kind: 'WITHDRAW' };

export type SupportRefusal = 'SUPPORT_STATE' | 'OPINION_MISSING' | 'RENEWAL_TOO_EARLY' | 'TERM';

/** A term may begin at most this long ago or ahead. */
const START_WITHIN_DAYS = 60;
const REMIND_DAYS = 30;
/** Whoever moves has 14 days to notify it (住基法22条): for so long the measure lasts without an application at the new place. */
const REAPPLY_DAYS = 14;

const FROM: Readonly<Record<SupportStep['kind'], readonly SupportState[]>> = {
  CONSULT: ['APPLIED'],
  OPINION: ['OPINION_PENDING'],
  GRANT: ['APPLIED', 'OPINION_PENDING'],
  REFUSE: ['APPLIED', 'OPINION_PENDING'],
  RENEW: ['ACTIVE'],
  WITHDRAW: ['APPLIED', 'OPINION_PENDING', 'ACTIVE'],
};

/** Last day of the term (JUKI-4.13): start inclusive, one year less a day; 2016-02-29 ends on 2017-02-28. */
export function lastDayOfMeasure(startsOn: LocalDate): LocalDate {
  const anniversary = addYears(startsOn, 1);
  // Without a 29 February the year is full with the 28th itself.
  return startsOn.slice(5) === '02-29' ? anniversary : addDays(anniversary, -1);
}

export function isStartAllowed(startsOn: LocalDate, today: LocalDate): boolean {
  return startsOn >= addDays(today, -START_WITHIN_DAYS) && startsOn <= addDays(today, START_WITHIN_DAYS);
}

/** The state on a day: a term that has passed is over, whether or not the end was already noted. */
export function supportStateOn({ state, endsOn }: Pick<SupportMeasure, 'state' | 'endsOn'>, day: LocalDate): SupportState {
  return state === 'ACTIVE' && endsOn !== null && day > endsOn ? 'ENDED' : state;
}

/** From one month before the end a renewal is accepted; the municipality is reminded 30 days before (JUKI-4.13). */
export function renewableFrom(endsOn: LocalDate): LocalDate {
  return addMonths(endsOn, -1);
}

export function remindOn(endsOn: LocalDate): LocalDate {
  return addDays(endsOn, -REMIND_DAYS);
}

/** The measure after a step, or why it is refused (JUKI-3.8). */
export function decideSupport(measure: SupportMeasure, step: SupportStep, today: LocalDate): SupportMeasure | { readonly refusal: SupportRefusal } {
  if (!FROM[step.kind].includes(supportStateOn(measure, today))) return { refusal: 'SUPPORT_STATE' };
  switch (step.kind) {
    case 'CONSULT':
      return { ...measure, state: 'OPINION_PENDING', consulted: step.consulted };
    case 'OPINION':
      return { ...measure, necessary: step.necessary };
    case 'GRANT':
      return grant(measure, { today, notifiedOn: step.notifiedOn });
    case 'REFUSE':
      return { ...measure, state: 'ENDED', endReason: 'NOT_NECESSARY' };
    case 'RENEW':
      return renew(measure, step, today);
    case 'WITHDRAW':
      return { ...measure, state: 'ENDED', endReason: 'WITHDRAWN', ...(measure.state === 'ACTIVE' ? { endsOn: addDays(today, -1) } : {}) };
  }
}

function grant(measure: SupportMeasure, days: { today: LocalDate; notifiedOn: LocalDate }): SupportMeasure | { readonly refusal: SupportRefusal } {
  if (measure.necessary !== true) return { refusal: 'OPINION_MISSING' };
  const startsOn = { APPLICATION: measure.appliedOn, DECISION: days.today, NOTIFICATION: days.notifiedOn }[measure.startEvent];
  if (!isStartAllowed(startsOn, days.today)) return { refusal: 'TERM' };
  return { ...measure, state: 'ACTIVE', startsOn, endsOn: lastDayOfMeasure(startsOn) };
}

/** The new term follows the old one without a gap; nothing renews itself, and nothing is renewed without an opinion as it was granted. */
function renew(measure: SupportMeasure, { consulted, necessary }: Extract<SupportStep, { kind: 'RENEW' }>, today: LocalDate): SupportMeasure | { readonly refusal: SupportRefusal } {
  if (measure.endsOn === null || today < renewableFrom(measure.endsOn)) return { refusal: 'RENEWAL_TOO_EARLY' };
  if (!necessary) return { refusal: 'OPINION_MISSING' };
  return { ...measure, consulted, necessary, endsOn: lastDayOfMeasure(addDays(measure.endsOn, 1)) };
}

/** Those who are joined live with the applicant: the addresses are one, however they are written. */
export function isOneAddress(addresses: readonly string[]): boolean {
  return new Set(addresses.map(addressKey)).size <= 1;
}

/** Until when somebody who moved away must have applied at the new place. */
export function reapplyBy(movedOn: LocalDate, toldOn: LocalDate): LocalDate {
  return addDays(movedOn > toldOn ? movedOn : toldOn, REAPPLY_DAYS);
}

/** What becomes of the measure of somebody who moved away, once the days for applying again have passed (JUKI-3.8). */
export function afterMove(now: { readonly livesHere: boolean; readonly pendingElsewhere: boolean }): 'STAYS' | 'WAITS' | 'ENDS' {
  if (now.livesHere) return 'STAYS';
  return now.pendingElsewhere ? 'WAITS' : 'ENDS';
}
