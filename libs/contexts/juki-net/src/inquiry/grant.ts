import { isSameOfficer, type LocalDate } from '#kernel';
import { numbersOn, type RowTerm, type Schedule, SCHEDULES } from './schedule-row.js';

export const GRANT_STATES = ['DRAFT', 'APPROVED', 'ACTIVE', 'SUSPENDED', 'ENDED'] as const;
export type GrantState = (typeof GRANT_STATES)[number];

/** Modes of provision (JUKI-4.7); the immediate ones are answered by inquiries. */
export const MODES = ['IMMEDIATE_TERMINAL', 'IMMEDIATE_HOST', 'BATCH_LINE', 'BATCH_MEDIUM', 'CHANGE_FEED'] as const;
export type Mode = (typeof MODES)[number];
/** Those that are answered; couriers are not here. */
const SERVED_MODES: readonly Mode[] = ['IMMEDIATE_TERMINAL', 'IMMEDIATE_HOST', 'BATCH_LINE', 'CHANGE_FEED'];

const NUMBER = 'individualNumber';

export const KEY_KINDS = ['RESIDENT_CODE', 'INDIVIDUAL_NUMBER', 'FOUR_ITEMS'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

/** Yen for each line that is told (情報提供手数料, JUKI-4.7); the rates are ours. */
export const YEN_PER_LINE = { STANDARD: 10, EXEMPT: 0 } as const;
export type FeeClass = keyof typeof YEN_PER_LINE;
export const FEE_CLASSES = ['STANDARD', 'EXEMPT'] as const satisfies readonly FeeClass[];

/** What an organisation may be told for one affair (事務) of a schedule of the Act (JUKI-3.5). */
export interface ProvisionGrant<Item extends string = string> {
  readonly grantId: string;
  readonly institution: string;
  readonly organisation: string;
  /** The purpose that the inquiry must name. */
  readonly affair: string;
  readonly legalBasis: string;
  /** Left out by grants that were made before it was asked for. */
  readonly schedule?: Schedule | undefined;
  /** The row (項) of the schedule; without it any row of the affair that is law for its kind of organ. */
  readonly scheduleRow?: string | undefined;
  /** The approved versions of these rows. */
  readonly rows: readonly RowTerm[];
  readonly items: readonly Item[];
  readonly modes: readonly Mode[];
  readonly keyKinds: readonly KeyKind[];
  /** The affair goes on for protected persons, under the agency's own care: tax, pension (JUKI-4.13). */
  readonly protectiveExempt: boolean;
  /** What else the affair needs to know (JUKI-7): items of the deceased beside the date, and that a person is protected. */
  readonly tellsDeceased: boolean;
  readonly tellsProtection: boolean;
  /** In BRES, beside an address that is told, the one before it (JUKI-5.3). */
  readonly tellsFormerAddress: boolean;
  /** Persons told and lines of batches a day, and how many were counted today. */
  readonly dailyQuota?: number | undefined;
  readonly toldToday: number;
  readonly feeClass: FeeClass;
  readonly validFrom: LocalDate;
  readonly validUntil: LocalDate;
  /** As decided; ACTIVE is never stored, it follows from the day. */
  readonly state: Exclude<GrantState, 'ACTIVE'>;
  readonly draftedBy: string;
  readonly approvedBy?: string | undefined;
}

export type GrantStep = 'APPROVE' | 'SUSPEND' | 'RESUME' | 'END';

const STEPS: Readonly<Record<GrantStep, { readonly from: readonly ProvisionGrant['state'][]; readonly to: ProvisionGrant['state'] }>> = {
  APPROVE: { from: ['DRAFT'], to: 'APPROVED' },
  SUSPEND: { from: ['APPROVED'], to: 'SUSPENDED' },
  RESUME: { from: ['SUSPENDED'], to: 'APPROVED' },
  END: { from: ['DRAFT', 'APPROVED', 'SUSPENDED'], to: 'ENDED' },
};

/** The state on a day: an approved grant is ACTIVE from its first day to its last and ENDED afterwards. */
export function grantStateOn(grant: Pick<ProvisionGrant, 'state' | 'validFrom' | 'validUntil'>, day: LocalDate): GrantState {
  if (grant.state !== 'APPROVED') return grant.state;
  if (day > grant.validUntil) return 'ENDED';
  return day < grant.validFrom ? 'APPROVED' : 'ACTIVE';
}

/** The next state of the grant or why not; approval is a second person's (JUKI-3.5). */
export function stepGrant(grant: ProvisionGrant, step: GrantStep, officer: string): { readonly state: ProvisionGrant['state'] } | { readonly refusal: 'GRANT_STATE' | 'SAME_OFFICER' } {
  const { from, to } = STEPS[step];
  if (!from.includes(grant.state)) return { refusal: 'GRANT_STATE' };
  if (step === 'APPROVE' && isSameOfficer(officer, grant.draftedBy)) return { refusal: 'SAME_OFFICER' };
  return { state: to };
}

/** A schedule is for one kind of organ. */
export function scheduleFault({ schedule, institution }: Pick<ProvisionGrant, 'schedule' | 'institution'>): 'SCHEDULE' | undefined {
  return schedule === undefined || SCHEDULES[schedule] === institution ? undefined : 'SCHEDULE';
}

/** What stands against a draft: a mode that nobody answers, no such row in force on the first day, a number for an affair that uses none (住基法30条の9 ただし書). */
export function draftFault(grant: Pick<ProvisionGrant, 'modes' | 'items' | 'keyKinds' | 'rows' | 'validFrom'>): 'AFFAIR_WITHOUT_NUMBERS' | 'MODE_NOT_SERVED' | 'SCHEDULE_ROW' | undefined {
  if (!grant.modes.every((mode) => SERVED_MODES.includes(mode))) return 'MODE_NOT_SERVED';
  const usesNumbers = numbersOn(grant.rows, grant.validFrom);
  if (usesNumbers === undefined) return 'SCHEDULE_ROW';
  return !usesNumbers && (grant.keyKinds.includes('INDIVIDUAL_NUMBER') || grant.items.includes(NUMBER)) ? 'AFFAIR_WITHOUT_NUMBERS' : undefined;
}

/** Counted late, by up to a minute and a half, so that inquiries write nothing for it: a bound for a stolen credential, not a price. */
export function isQuotaSpent({ dailyQuota, toldToday }: Pick<ProvisionGrant, 'dailyQuota' | 'toldToday'>): boolean {
  return dailyQuota !== undefined && toldToday >= dailyQuota;
}

/** Municipalities of the prefecture (2), the governor (5) and the other organs of the prefecture (6) are told by the prefecture's own server, of its residents. */
export function isOfPrefecture({ schedule }: Pick<ProvisionGrant, 'schedule'>): boolean {
  return schedule === 2 || schedule === 5 || schedule === 6;
}

/** Whose residents may be told: municipality codes that begin with `within`, but not with `outside`; '' is every one and none. */
export interface Reach {
  readonly within: string;
  readonly outside: string;
}

/** Of whom a grant lets its organ be told (JUKI-4.7): 2, 5 and 6 of its prefecture, 3 and 4 of the others; without a schedule of its own area. */
export function reachOf({ schedule, institution, organisation }: Pick<ProvisionGrant, 'schedule' | 'institution' | 'organisation'>): Reach {
  const prefecture = organisation.slice(0, 2);
  switch (schedule) {
    case 1:
      return { within: '', outside: '' };
    case 2:
    case 5:
    case 6:
      return { within: prefecture, outside: '' };
    case 3:
    case 4:
      return { within: '', outside: prefecture };
    case undefined:
      return { within: institution === 'municipality' ? organisation : institution === 'prefecture' ? prefecture : '', outside: '' };
  }
}

export function isReached({ within, outside }: Reach, municipalityCode: string): boolean {
  return municipalityCode.startsWith(within) && (outside === '' || !municipalityCode.startsWith(outside));
}

export interface AskedUnderGrant<Item extends string> {
  readonly institution: string;
  readonly organisation: string;
  readonly purpose: string | undefined;
  readonly mode: Mode;
  readonly keyKind: KeyKind;
  readonly items: readonly Item[] | undefined;
  readonly day: LocalDate;
}

export type GrantRefusal = 'GRANT_NOT_ACTIVE' | 'MODE_NOT_GRANTED' | 'KEY_KIND_NOT_GRANTED' | 'ITEM_NOT_GRANTED';

/** What may be told, or why nothing (code 40 of JUKI-4.7). A grant of another organisation or affair, or whose row is no longer law, is as if there were none. */
export function itemsUnderGrant<Item extends string>(grant: ProvisionGrant<Item> | undefined, asked: AskedUnderGrant<Item>): { readonly items: readonly Item[] } | { readonly refusal: GrantRefusal } {
  const own = grant !== undefined && grant.institution === asked.institution && grant.organisation === asked.organisation && grant.affair === asked.purpose;
  const usesNumbers = own ? numbersOn(grant.rows, asked.day) : undefined;
  if (!own || usesNumbers === undefined || grantStateOn(grant, asked.day) !== 'ACTIVE') return { refusal: 'GRANT_NOT_ACTIVE' };
  if (!grant.modes.includes(asked.mode)) return { refusal: 'MODE_NOT_GRANTED' };
  if (!grant.keyKinds.includes(asked.keyKind) || (asked.keyKind === 'INDIVIDUAL_NUMBER' && !usesNumbers)) return { refusal: 'KEY_KIND_NOT_GRANTED' };
  const granted = usesNumbers ? grant.items : grant.items.filter((item) => item !== NUMBER);
  const items = asked.items === undefined || asked.items.length === 0 ? granted : asked.items;
  return items.every((item) => granted.includes(item)) ? { items } : { refusal: 'ITEM_NOT_GRANTED' };
}
