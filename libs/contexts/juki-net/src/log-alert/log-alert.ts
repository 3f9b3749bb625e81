import { addDays, isBusinessDay, type LocalDate } from '#kernel';

export const ALERT_KINDS = ['VOLUME_ORGANISATION', 'VOLUME_CLIENT', 'VOLUME_OFFICER', 'OUTSIDE_HOURS', 'SAME_PERSON', 'WATCHED_PERSON', 'ITEM_NOT_ALLOWED'] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

export const ALERT_STATES = ['OPEN', 'EXPLAINED', 'ABUSE_SUSPECTED', 'ABUSE_CONFIRMED'] as const;
export type AlertState = (typeof ALERT_STATES)[number];

/** Limits of JUKI-5.5; the smallest number and the days of experience are ours, or a first busy day would be an alert. */
export const VOLUME = { times: 3, leastAsked: 20, leastDays: 5, lookBackDays: 90 } as const;
export const SAME_PERSON_ASKERS = 5;
/** Our calendar, in Japan: an organisation may have another, and work on days on which offices are closed. */
export const DUTY_HOURS = { opens: '07:00', closes: '21:00' } as const;

export interface Alert {
  readonly state: AlertState;
  readonly organisation: string;
  readonly officer: string;
  /** Who explained or suspected. */
  readonly foundBy?: string | undefined;
}

export type AlertStep = 'EXPLAIN' | 'SUSPECT' | 'CONFIRM';

const STEPS: Readonly<Record<AlertStep, { readonly from: readonly AlertState[]; readonly to: AlertState }>> = {
  EXPLAIN: { from: ['OPEN', 'ABUSE_SUSPECTED'], to: 'EXPLAINED' },
  SUSPECT: { from: ['OPEN'], to: 'ABUSE_SUSPECTED' },
  CONFIRM: { from: ['ABUSE_SUSPECTED'], to: 'ABUSE_CONFIRMED' },
};

export interface Finder {
  readonly officer: string;
  readonly organisation: string;
}

export type AlertRefusal = 'ALERT_STATE' | 'OWN_ALERT' | 'SAME_OFFICER';

/** The finding on an alert: nobody finds on their own inquiries, and abuse is confirmed by a second officer (JUKI-5.5). */
export function stepAlert(alert: Alert, step: AlertStep, by: Finder): { readonly state: AlertState } | { readonly refusal: AlertRefusal } {
  const { from, to } = STEPS[step];
  if (!from.includes(alert.state)) return { refusal: 'ALERT_STATE' };
  if (alert.officer === by.officer && alert.organisation === by.organisation) return { refusal: 'OWN_ALERT' };
  return step === 'CONFIRM' && alert.foundBy === by.officer ? { refusal: 'SAME_OFFICER' } : { state: to };
}

/** The day whose log is closed next; after a long standstill no more than a month of days is made up for. */
export function dayToClose(last: LocalDate | undefined, today: LocalDate): LocalDate | undefined {
  const yesterday = addDays(today, -1);
  if (last === undefined) return yesterday;
  if (last >= yesterday) return undefined;
  const [next, oldest] = [addDays(last, 1), addDays(today, -31)];
  return next < oldest ? oldest : next;
}

/** Days before `day`, itself included, on which offices were closed. */
export function closedDays(day: LocalDate, count: number): LocalDate[] {
  return Array.from({ length: count }, (_none, index) => addDays(day, -index)).filter((each) => !isBusinessDay(each));
}
