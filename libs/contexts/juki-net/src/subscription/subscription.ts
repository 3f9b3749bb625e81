import { addDays, addMonths, dayOfWeek, daysInMonth, localDateOf, partsOfDate, type LocalDate } from '#kernel';
import { MOST_LINES } from '../batch/batch.js';
import type { KeyKind } from '../inquiry/grant.js';

export const SUBSCRIPTION_STATES = ['ACTIVE', 'ENDED'] as const;
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number];

/** Each may be in one file, which has no more lines than a batch. */
export const MOST_PERSONS = MOST_LINES;

export const FREQUENCIES = ['DAILY', 'WEEKLY', 'MONTHLY'] as const;

/** When files are made (JUKI-3.5). */
export interface Calendar {
  readonly every: (typeof FREQUENCIES)[number];
  /** WEEKLY: 1 Monday to 7 Sunday. MONTHLY: 1 to 31, the last day where the month is shorter. */
  readonly day?: number | undefined;
}

/** The day is named where it is needed, and only there. */
export function isCalendar({ every, day }: Calendar): boolean {
  switch (every) {
    case 'DAILY':
      return day === undefined;
    case 'WEEKLY':
      return day !== undefined && day <= 7;
    case 'MONTHLY':
      return day !== undefined;
  }
}

/** The first day after `date` on which a file is due: what changes on a day is told in the file of that one. */
export function dueAfter({ every, day = 1 }: Calendar, date: LocalDate): LocalDate {
  switch (every) {
    case 'DAILY':
      return addDays(date, 1);
    case 'WEEKLY':
      return addDays(date, (day - dayOfWeek(date) + 6) % 7 + 1);
    case 'MONTHLY': {
      const due = dueIn(date, day);
      return due > date ? due : dueIn(addMonths(date, 1), day);
    }
  }
}

function dueIn(date: LocalDate, day: number): LocalDate {
  const { year, month } = partsOfDate(date);
  return localDateOf(year, month, Math.min(day, daysInMonth(year, month)));
}

/** A subscription of an organisation under a grant (JUKI-3.5). */
export interface Subscription {
  readonly subscriptionId: string;
  readonly institution: string;
  readonly organisation: string;
  /** Counts those of an organisation. */
  readonly number: number;
  readonly grantId: string;
  /** Change reasons of which it wants to be told. */
  readonly reasons: readonly string[];
  readonly calendar: Calendar;
  readonly state: SubscriptionState;
  readonly persons: number;
  readonly nextOn: LocalDate;
  readonly comparedAt: Date;
  /** The last job and the file that it makes, if it has anything to tell. */
  readonly jobId: string | null;
  readonly batchId: string | null;
}

/** Why a subscription cannot be set as asked: one that has ended stays so, and the grant decides what its persons were told. */
export function settingFault({ state, grantId }: Pick<Subscription, 'state' | 'grantId'>, asked: { readonly grantId: string }): 'SUBSCRIPTION_STATE' | 'SUBSCRIPTION_GRANT' | undefined {
  if (state === 'ENDED') return 'SUBSCRIPTION_STATE';
  return grantId === asked.grantId ? undefined : 'SUBSCRIPTION_GRANT';
}

/** Name of the file of a day in {org}_CFED_{yyyymmdd}_{seq4} (JUKI-5.3); no reference of a client has a stroke. */
export function fileReference(number: number, day: string): string {
  return `CFED/${day.replaceAll('-', '')}_${String(number).padStart(4, '0')}`;
}

/** A person to be listed, by a key that names one person at most. */
export interface ListedPerson {
  readonly line: number;
  readonly keyKind: Exclude<KeyKind, 'FOUR_ITEMS'>;
  readonly key: string;
  readonly requesterRef: string;
  /** Day of the organisation's own data; without it they are as of today. */
  readonly sinceDate?: string | undefined;
}

export interface ListFault {
  readonly line: number;
  readonly column?: string | undefined;
  readonly code: string;
}

/** What a subscription lists already, and what lines before this one have added. */
export interface Listed {
  readonly refOfPerson: Map<string, string>;
  readonly personOfRef: Map<string, string>;
}

/** A person stands in a list once, with one reference; the same line again changes nothing. */
export function placeOf(listed: Listed, personKey: string, ref: string): 'NEW' | 'REPEATED' | 'PERSON_REPEATED' | 'REF_REPEATED' {
  const known = listed.refOfPerson.get(personKey);
  if (known !== undefined) return known === ref ? 'REPEATED' : 'PERSON_REPEATED';
  return listed.personOfRef.has(ref) ? 'REF_REPEATED' : 'NEW';
}
